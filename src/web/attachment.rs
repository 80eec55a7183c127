//! Files that are handed out: never shown in the page's place, under a name that cannot leave its header.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use bytes::Bytes;

/// The answer that saves a file.
pub fn answer(name: &str, media_type: &'static str, bytes: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CONTENT_DISPOSITION, disposition(name)))
        // should a browser show it all the same: nothing in it runs or is loaded
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(bytes)
}

/// `attachment` with the name twice: in plain ASCII (RFC 6266) and as it is (RFC 8187). Folders are left out.
fn disposition(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim_matches('.').is_empty() { "download".to_owned() } else { name };
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ()+,@".contains(c) { c } else { '_' })
        .collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            exact.push(char::from(byte));
        } else {
            exact.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_header_and_out_of_folders() {
        assert_eq!(
            disposition("../../etc/pass\"wd\r\nSet-Cookie: x=y"),
            "attachment; filename=\"pass_wdSet-Cookie_ x_y\"; filename*=UTF-8''pass%22wdSet-Cookie%3A%20x%3Dy"
        );
        assert_eq!(
            disposition("C:\\bom é.json"),
            "attachment; filename=\"bom _.json\"; filename*=UTF-8''bom%20%C3%A9.json"
        );
        assert_eq!(disposition(".."), "attachment; filename=\"download\"; filename*=UTF-8''download");
    }
}
