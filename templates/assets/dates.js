// Dates as people say them, with the absolute one in the viewer's zone on hover.
const UNITS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });

const words = (at) => {
  const seconds = (at - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : seconds > 0 ? "in a moment" : "just now";
};

const zoneName = (at) => zone.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";

const write = () => {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = words(at);
    time.title = `${absolute.format(at)} ${zoneName(at)}`;
  }
};

write();
setInterval(write, 60000);
document.addEventListener("list:shown", write);
