//! Whatever the figures, a drawing stays within its frame and says no nonsense.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::base::UnixMillis;

static VIEW: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"viewBox="0 0 ([0-9.]+) ([0-9.]+)""#).unwrap());
static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" (x|y|x1|x2|y1|y2|cx|cy|width|height|r)="([^"]*)""#).unwrap());
static POINTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"points="([^"]*)""#).unwrap());
static RECT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)""#).unwrap());
static MOVED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"translate\(([-0-9.]+) ([-0-9.]+)\) scale\(([0-9.]+)\)").unwrap());

/// Every coordinate of the drawing, checked against its view box.
fn outside(svg: &str) -> Vec<String> {
    let size = VIEW.captures(svg).expect("a view box");
    let (width, height): (f64, f64) = (size[1].parse().unwrap(), size[2].parse().unwrap());
    let mut wrong = Vec::new();
    let mut check = |what: &str, value: &str, most: f64| match value.parse::<f64>() {
        Ok(at) if at.is_finite() && (-0.01..=most + 0.11).contains(&at) => {}
        Ok(_) | Err(_) => wrong.push(format!("{what}={value}")),
    };
    for found in ATTRIBUTE.captures_iter(svg) {
        let most = if found[1].contains('y') || &found[1] == "height" { height } else { width };
        check(&found[1], &found[2], most);
    }
    for points in POINTS.captures_iter(svg) {
        for pair in points[1].split(' ') {
            let (x, y) = pair.split_once(',').unwrap();
            check("points x", x, width);
            check("points y", y, height);
        }
    }
    for rect in RECT.captures_iter(svg) {
        let n = |at: usize| rect[at].parse::<f64>().unwrap();
        check("right edge", &(n(1) + n(3)).to_string(), width);
        check("lower edge", &(n(2) + n(4)).to_string(), height);
    }
    for moved in MOVED.captures_iter(svg) {
        let side = 16.0 * moved[3].parse::<f64>().unwrap();
        check("moved x", &moved[1], width - side);
        check("moved y", &moved[2], height - side);
    }
    wrong
}

fn sound(chart: &Chart) -> Result<(), TestCaseError> {
    let drawn = chart.draw();
    let svg = drawn.as_str();
    let wrong = outside(svg);
    prop_assert!(wrong.is_empty(), "{wrong:?} in {svg}");
    prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    prop_assert!(!svg.contains("style=") && svg.contains("role=\"img\"") && svg.contains("aria-labelledby="));
    prop_assert!(svg.contains("<title id=") && svg.contains("<desc id="));
    let table = chart.table();
    prop_assert!(table.rows.iter().all(|row| row.len() == table.headers.len()), "{table:?}");
    Ok(())
}

fn any_figure() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        (0.0..500.0_f64).prop_map(Some),
        any::<f64>().prop_map(Some),
        Just(Some(f64::NAN)),
        Just(Some(f64::INFINITY)),
        Just(Some(f64::MAX)),
    ]
}

fn any_time() -> impl Strategy<Value = UnixMillis> {
    prop_oneof![any::<i64>(), 1_700_000_000_000..1_800_000_000_000_i64].prop_map(UnixMillis)
}

fn any_tone() -> impl Strategy<Value = Tone> {
    prop_oneof![
        prop::sample::select(Mark::ALL.to_vec()).prop_map(Tone::Mark),
        Just(Tone::Accent),
        Just(Tone::Neutral)
    ]
}

fn any_trend() -> impl Strategy<Value = Chart> {
    let values = prop::collection::vec(any_figure(), 0..9);
    let series =
        (".{0,20}", any_tone(), values).prop_map(|(name, tone, values)| Series { name, tone, values });
    let at = prop::collection::vec(any_time(), 0..8);
    (at, prop::collection::vec(series, 0..14)).prop_map(|(at, series)| {
        Chart::Trend(Trend { id: "t".to_owned(), title: "T".to_owned(), at, series })
    })
}

fn any_cadence() -> impl Strategy<Value = Chart> {
    let state = prop::sample::select(SlotState::ALL.to_vec());
    let slot = (any_time(), any_time(), state, ".{0,9}").prop_map(|(from, until, state, note)| Slot {
        from,
        until,
        state,
        note: note.replace("NaN", "").replace("inf", ""),
    });
    prop::collection::vec(slot, 0..150)
        .prop_map(|slots| Chart::Cadence(Cadence { id: "c".to_owned(), title: "C".to_owned(), slots }))
}

fn any_donut() -> impl Strategy<Value = Chart> {
    let part = ("[a-z]{0,40}", prop_oneof![any::<u64>(), 0..9_u64, Just(u64::MAX)], any_tone());
    prop::collection::vec(part, 0..12).prop_map(|parts| {
        let parts = parts.into_iter().map(|(name, n, tone)| (name.replace("inf", ""), n, tone)).collect();
        Chart::Donut(Donut { id: "d".to_owned(), title: "D".to_owned(), noun: "items".to_owned(), parts })
    })
}

fn any_heat() -> impl Strategy<Value = Chart> {
    let value = prop_oneof![Just(None), any::<u64>().prop_map(Some), (0..30_u64).prop_map(Some)];
    let row = ("[A-Z]{0,30}", prop::collection::vec(value, 0..60));
    (prop::collection::vec("[A-Z]{0,30}", 0..60), prop::collection::vec(row, 0..50)).prop_map(
        |(columns, rows)| {
            let row_noun = "asset".to_owned();
            Chart::HeatMap(HeatMap { id: "h".to_owned(), title: "H".to_owned(), row_noun, columns, rows })
        },
    )
}

fn any_chart() -> impl Strategy<Value = Chart> {
    prop_oneof![any_trend(), any_cadence(), any_donut(), any_heat()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_drawing_stays_in_its_frame_whatever_the_figures(chart in any_chart()) {
        sound(&chart)?;
    }
}

fn day(day: i64) -> UnixMillis {
    UnixMillis(1_790_812_800_000).plus_days(day)
}

fn series(name: &str, mark: Mark, values: &[Option<f64>]) -> Series {
    Series { name: name.to_owned(), tone: Tone::Mark(mark), values: values.to_vec() }
}

fn lines(chart: &Chart) -> String {
    chart.draw().as_str().replace("><", ">\n<")
}

#[test]
fn a_trend_is_interrupted_where_nothing_is_known() {
    let chart = Chart::Trend(Trend {
        id: "t".to_owned(),
        title: "Requirements <by> status".to_owned(),
        at: (0..5).map(|d| day(d * 7)).collect(),
        series: vec![
            series("Met", Mark::Met, &[Some(10.0), Some(12.0), None, Some(14.0), Some(15.0)]),
            series("Not met", Mark::NotMet, &[Some(3.0), None, Some(2.0), None, None]),
        ],
    });

    let svg = lines(&chart);

    assert_eq!(svg.matches("<polyline").count(), 2, "one line, interrupted once: {svg}");
    assert_eq!(svg.matches("r=\"2.5\"").count(), 2, "figures without neighbours are dots: {svg}");
    insta::assert_snapshot!(svg.lines().skip(1).take(2).collect::<Vec<_>>().join("\n"), @r#"
    <title id="t-t">Requirements &lt;by&gt; status</title>
    <desc id="t-d">From 2026-10-01 to 2026-10-29. At the end: Met 15, Not met not known.</desc>
    "#);
    assert_eq!(chart.table().rows[1], ["2026-10-08", "12", "not known"]);
}

#[test]
fn a_cadence_strip_says_what_became_of_each_slot_in_sign_and_words() {
    let slots = SlotState::ALL.into_iter().zip(0..).map(|(state, n)| Slot {
        from: day(n * 30),
        until: day(n * 30 + 29),
        state,
        note: if state == SlotState::Late { "done 3 Nov".to_owned() } else { String::new() },
    });
    let chart =
        Chart::Cadence(Cadence { id: "c".to_owned(), title: "Scans".to_owned(), slots: slots.collect() });

    let svg = lines(&chart);

    assert_eq!((svg.matches("<rect").count(), svg.matches("slot-sign").count()), (6, 5), "{svg}");
    assert!(svg.contains("<title>2026-10-31 to 2026-11-29: Late (done 3 Nov)</title>"), "{svg}");
    assert!(svg.contains("1 kept, 1 late, 1 missed, 1 collection failed, 1 waived, 1 planned."));
    assert_eq!(chart.table().rows[3][1], "Collection failed");
}

#[test]
fn a_donut_and_a_heat_map_say_their_figures() {
    let parts = vec![
        ("Critical".to_owned(), 1, Tone::Mark(Mark::NotMet)),
        ("High".to_owned(), 3, Tone::Mark(Mark::Attention)),
    ];
    let donut = Chart::Donut(Donut {
        id: "d".to_owned(),
        title: "Open".to_owned(),
        noun: "findings".to_owned(),
        parts,
    });
    let rows = vec![("pay".to_owned(), vec![Some(0), Some(9)]), ("web".to_owned(), vec![None, Some(2)])];
    let columns = vec!["High".to_owned(), "Low".to_owned()];
    let heat = Chart::HeatMap(HeatMap {
        id: "h".to_owned(),
        title: "By asset".to_owned(),
        row_noun: "asset".to_owned(),
        columns,
        rows,
    });

    assert!(lines(&donut).contains("stroke-dasharray=\"25 75\""), "{}", lines(&donut));
    assert!(lines(&donut).contains("4 findings: Critical 1, High 3."));
    assert!(lines(&heat).contains("class=\"heat-5\"") && lines(&heat).contains("class=\"heat-none\""));
    assert!(lines(&heat).contains("Most in pay, Low: 9."));
    assert_eq!(heat.table().rows[1], ["web", "not known", "2"]);
}

#[test]
fn every_chart_comes_back_from_the_template_data_as_it_was() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    for strategy in [any_cadence().boxed(), any_donut().boxed(), any_heat().boxed()] {
        let chart = strategy.new_tree(runner).unwrap().current();
        let value = serde_json::to_value(&chart).unwrap();
        assert_eq!(serde_json::from_value::<Chart>(value).unwrap(), chart);
    }
}

#[test]
fn a_figure_is_shown_with_its_table() {
    let mut handlebars = handlebars::Handlebars::new();
    handlebars.set_strict_mode(true);
    crate::report::html::register(&mut handlebars);
    let partial = crate::report::assets::Templates::get("partials/chart.hbs").unwrap().data;
    handlebars.register_template_string("chart", std::str::from_utf8(&partial).unwrap()).unwrap();
    let tally: Tally = [Mark::Met, Mark::Unknown].into_iter().collect();

    let html = handlebars.render("chart", &Figure::of(Chart::status_bar("x", "All <x>", &tally))).unwrap();

    assert!(html.contains("<svg") && html.contains("<summary>Show as table</summary>"), "{html}");
    assert!(html.contains("<caption class=\"sr-only\">All &lt;x&gt;</caption>"), "{html}");
    assert!(html.contains("<tr><th scope=\"row\">Unknown</th><td>1</td></tr>"), "{html}");
}
