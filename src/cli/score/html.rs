//! The report as one web page: the figures, the reliability diagram, and the worst files with their pictures.
//!
//! The page stands alone: styles and pictures are inside, there is no script, and it loads nothing. Whatever was read
//! from a file or a label is escaped.

use jiff::civil::Date;

use super::{
    chart::diagram,
    compare::{Document, Grade, Refusal, Verdict},
    picture::Picture,
    report::Report,
    share,
    text::{heading, rows},
};
use crate::model::field::{Field, FieldName};

/// The most files whose pictures are shown.
pub(super) const CASES_MAX: usize = 40;

/// The boxes' names are this part of the page's width.
const BOX_NAME_PART: u32 = 42;

/// What stands above the report.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// The labels, as given on the command line.
    pub(super) labels: String,
    /// The day of the report.
    pub(super) day: Date,
}

/// A file with something to look at.
#[derive(Debug, Clone)]
pub(super) struct Case<'a> {
    /// What was read and labelled.
    pub(super) document: &'a Document,
    /// Its first page; none where it is no picture.
    pub(super) picture: Option<Picture>,
}

/// The whole page. `cases` are shown in their order; `found` is how many there were.
pub(super) fn page(title: &Title, report: &Report, cases: &[Case<'_>], found: usize) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <title>Score of {labels}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n\
         <h1>Score of {labels}</h1>\n<p class=\"quiet\">vouch {version}, {day}. This page shows pictures of documents: \
         keep it as private as they are.</p>\n",
        labels = escape(&title.labels),
        style = include_str!("style.css"),
        version = env!("CARGO_PKG_VERSION"),
        day = title.day,
    );
    html.push_str(&figures(report));
    html.push_str(&reliability(report));
    html.push_str(&format!("<h2>What to look at</h2>\n<p>{}</p>\n", shown(cases.len(), found)));
    for case in cases {
        html.push_str(&article(case));
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// A text as HTML has it, in elements and in quoted attributes; signs that are no text become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(letter),
            _ if letter.is_control() => escaped.push('\u{FFFD}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

fn shown(cases: usize, found: usize) -> String {
    if found == 0 {
        "Nothing: every labelled field is right and accepted.".to_owned()
    } else if cases < found {
        format!("{found} files are not all right and accepted; here are the {cases} worst, the worst first.")
    } else {
        format!("Files that are not all right and accepted: {found}, the worst first.")
    }
}

fn figures(report: &Report) -> String {
    let mut html = String::new();
    for line in heading(report).lines() {
        html.push_str(&format!("<p>{}</p>\n", escape(line)));
    }
    html.push_str("<div class=\"wide\"><table>\n");
    for (index, row) in rows(report).iter().enumerate() {
        let tag = if index == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect();
        html.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    html.push_str("</table></div>\n");
    if let Some(timing) = &report.timing {
        html.push_str(&format!(
            "<p>Time a file: mean {} ms, median {} ms, 95 of 100 within {} ms; slowest {} ms ({}).</p>\n",
            timing.mean.round_dp(0),
            timing.median.round_dp(0),
            timing.p95.round_dp(0),
            timing.slowest.round_dp(0),
            escape(&timing.slowest_file)
        ));
    }
    html
}

fn reliability(report: &Report) -> String {
    let mut html = format!(
        "<h2>Is it as sure as it may be?</h2>\n<figure><div class=\"wide\">{}</div>\n<figcaption>All fields. The bar \
         is the share that was right, the line the mean confidence: a bar that ends below its line was too \
         sure.</figcaption></figure>\n<details><summary>Each field</summary>\n",
        diagram("All fields: confidence against the share that was right", &report.reliability.together)
    );
    for (name, bins) in &report.reliability.fields {
        let name = name.name();
        html.push_str(&format!(
            "<figure><div class=\"wide\">{}</div>\n<figcaption>{name}</figcaption></figure>\n",
            diagram(&format!("{name}: confidence against the share that was right"), bins)
        ));
    }
    html.push_str("</details>\n");
    html
}

fn article(case: &Case<'_>) -> String {
    let document = case.document;
    let grade = document.grade();
    let mut html = format!(
        "<article>\n<header><h3>{}</h3><span class=\"grade {}\">{}</span></header>\n<div class=\"case\">\n",
        escape(&document.file),
        class(grade),
        grade.name()
    );
    match &case.picture {
        Some(picture) => html.push_str(&page_picture(document, picture)),
        None => html.push_str("<p class=\"quiet\">There is no picture to show: open the file itself.</p>\n"),
    }
    html.push_str("<div>\n");
    if let Some(failure) = &document.failure {
        html.push_str(&format!("<p>Not read ({}): {}</p>\n", escape(&failure.code), escape(&failure.message)));
    }
    match document.refusal {
        None | Some(Refusal::Refused) => {}
        Some(Refusal::Unnoticed) => {
            html.push_str(
                "<p>This file breaks its standard and nothing says so; none of its values was accepted.</p>\n",
            );
        }
        Some(Refusal::Accepted) => {
            html.push_str("<p>This file breaks its standard, and values of it were accepted all the same.</p>\n");
        }
    }
    let mut verdicts: Vec<&Verdict> = document.verdicts.iter().collect();
    verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.grade()));
    html.push_str("<ul class=\"fields\">\n");
    for verdict in verdicts {
        html.push_str(&labelled(verdict));
    }
    html.push_str("</ul>\n");
    html.push_str(&others(&document.others));
    html.push_str("</div>\n</div>\n</article>\n");
    html
}

fn labelled(verdict: &Verdict) -> String {
    let grade = verdict.grade();
    let read = match &verdict.read {
        Some(field) => format!("<dd>{}</dd><dt>why</dt><dd>{}</dd>", escape(&field.value.to_text()), why(field)),
        None => "<dd class=\"quiet\">nothing</dd>".to_owned(),
    };
    format!(
        "<li class=\"{class}\"><b>{name}</b> <span class=\"grade {class}\">{grade}</span>\
         <dl><dt>label</dt><dd>{wanted}</dd><dt>read</dt>{read}</dl></li>\n",
        class = class(grade),
        name = verdict.name.name(),
        grade = grade.name(),
        wanted = escape(&verdict.wanted),
    )
}

fn others(fields: &[(FieldName, Field)]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let mut html = String::from("<details><summary>Also read, without a label</summary>\n<ul class=\"fields\">\n");
    for (name, field) in fields {
        let accepted = if field.accepted { "accepted" } else { "not accepted" };
        html.push_str(&format!(
            "<li><b>{}</b> <span class=\"quiet\">{accepted}</span>\
             <dl><dt>read</dt><dd>{}</dd><dt>why</dt><dd>{}</dd></dl></li>\n",
            name.name(),
            escape(&field.value.to_text()),
            why(field)
        ));
    }
    html.push_str("</ul>\n</details>\n");
    html
}

/// The rule, the reader and how sure it is.
fn why(field: &Field) -> String {
    let sure = share::good(u64::from(field.confidence.per_mille()), 1000);
    format!("{}, {}, {sure} sure", escape(&field.rule), field.source.name())
}

/// The page with a box round each field, in the page's own pixels.
fn page_picture(document: &Document, picture: &Picture) -> String {
    let (width, height) = (picture.page_width, picture.page_height);
    let mut html = format!(
        "<div class=\"page\"><img src=\"{}\" width=\"{width}\" height=\"{height}\" alt=\"The first page of {}\">\
         <svg viewBox=\"0 0 {width} {height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\n",
        picture.address,
        escape(&document.file)
    );
    let mut verdicts: Vec<&Verdict> = document.verdicts.iter().collect();
    verdicts.sort_by_key(|verdict| verdict.grade());
    let labelled =
        verdicts.into_iter().filter_map(|verdict| Some((class(verdict.grade()), verdict.name, verdict.read.as_ref()?)));
    let others = document.others.iter().map(|(name, field)| ("other", *name, field));
    let size = (width / BOX_NAME_PART).max(8);
    // What is wrong is drawn last, and so lies on top.
    for (class, name, field) in others.chain(labelled) {
        let (Some(1), Some(area)) = (field.page, field.area) else { continue };
        html.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\
             <text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{size}\">{}</text>\n",
            area.left,
            area.top,
            area.width,
            area.height,
            area.left,
            area.top.saturating_sub(size / 4).max(size),
            name.name()
        ));
    }
    html.push_str("</svg></div>\n");
    html
}

const fn class(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "good",
        Grade::NotAccepted => "unsure",
        Grade::Wrong => "wrong",
        Grade::WrongAccepted => "worst",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::score::{
        report::{Unscored, worst},
        testing::documents,
    };

    fn sample() -> String {
        let mut documents = documents();
        for document in &mut documents {
            document.file.push_str("<script>alert('1')</script>");
        }
        let report = Report::new(&documents, Unscored::default());
        let picture = Picture { address: "data:image/jpeg;base64,AA==".to_owned(), page_width: 400, page_height: 900 };
        let worst = worst(&documents);
        let cases: Vec<Case<'_>> = worst
            .iter()
            .map(|document| Case { document, picture: document.failure.is_none().then(|| picture.clone()) })
            .collect();
        let title = Title { labels: "a \"b\" & c".to_owned(), day: jiff::civil::date(2026, 11, 25) };
        page(&title, &report, &cases, worst.len() + 1)
    }

    #[test]
    fn texts_are_escaped() {
        for (text, expected) in [
            ("Tea & <b>Co</b>", "Tea &amp; &lt;b&gt;Co&lt;/b&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("a\u{0}\u{1b}b\r\n\t茶", "a\u{FFFD}\u{FFFD}b\u{FFFD}\n\t茶"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn the_page_stands_alone_and_runs_nothing() {
        let html = sample();
        for forbidden in ["<script", "http://", "https://", "url(", "@import", "<link", "onload"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        for (opened, closed) in [("<article", "</article>"), ("<svg", "</svg>"), ("<div", "</div>"), ("<dl", "</dl>")] {
            assert_eq!(html.matches(opened).count(), html.matches(closed).count(), "{opened}");
        }
        assert!(html.contains("Score of a &quot;b&quot; &amp; c"));
        assert!(html.contains("Not read (damaged_image): The picture is &lt;damaged&gt;."));
    }

    #[test]
    fn the_worst_stands_first_with_its_box() {
        let html = sample();
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is missing"));
        assert!(place("<h3>2.jpg") < place("<h3>4.jpg") && place("<h3>4.jpg") < place("<h3>3.jpg"));
        assert!(html.contains("here are the 3 worst"));
        let wrong = "<rect class=\"worst\" x=\"10\" y=\"20\" width=\"30\" height=\"8\"/>";
        assert!(place("<rect class=\"other\"") < place(wrong));
        assert!(html.contains("<dt>label</dt><dd>9.00</dd><dt>read</dt><dd>90.00</dd>"));
        assert!(html.contains("labelled, tesseract, 99.6 % sure"));
    }
}
