//! The report as text for a terminal. What was read from a file is printed escaped: a terminal obeys control signs.

use super::{
    compare::{Document, Grade, Refusal},
    report::{Counts, Report, worst},
    share,
};
use crate::model::field::FieldName;

/// The table and the lines under it.
pub(super) fn table(report: &Report, processes: usize) -> String {
    let mut text = heading(report);
    text.push('\n');
    text.push_str(&columns(&rows(report)));
    if let Some(timing) = &report.timing {
        let ms = |time: rust_decimal::Decimal| time.round_dp(0).normalize().to_string();
        text.push_str(&format!(
            "\nTime a file, {processes} at once: mean {} ms, median {} ms, 95 of 100 within {} ms; \
             slowest {} ms ({}).\n",
            ms(timing.mean),
            ms(timing.median),
            ms(timing.p95),
            ms(timing.slowest),
            plain(&timing.slowest_file)
        ));
    }
    text
}

/// One line for each wrong field, and for each file that should have been refused.
pub(super) fn misses(documents: &[Document]) -> Vec<String> {
    let mut lines = Vec::new();
    for document in worst(documents) {
        let file = plain(&document.file);
        if let Some(failure) = &document.failure {
            lines.push(format!("{file}  not read ({}): {}", failure.code, plain(&failure.message)));
        }
        match document.refusal {
            None | Some(Refusal::Refused) => {}
            Some(Refusal::Unnoticed) => lines.push(format!("{file}  should have been refused; nothing was accepted")),
            Some(Refusal::Accepted) => lines.push(format!("{file}  should have been refused; values were ACCEPTED")),
        }
        for verdict in document.verdicts.iter().filter(|verdict| !verdict.right) {
            let read = verdict.read.as_ref().map_or_else(
                || "nothing".to_owned(),
                |field| {
                    let sure = field.confidence.per_mille() / 10;
                    format!("{:?} ({sure} %, {})", field.value.to_text(), plain(&field.rule))
                },
            );
            let accepted = if verdict.grade() == Grade::WrongAccepted { "  ACCEPTED" } else { "" };
            lines.push(format!("{file}  {}  label {:?}, read {read}{accepted}", verdict.name.name(), verdict.wanted));
        }
    }
    lines
}

/// A text without signs that a terminal obeys.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

/// What was scored, and what was not and why.
pub(super) fn heading(report: &Report) -> String {
    let mut text = format!("{} scored", counted(report.files, "labelled file"));
    if report.not_read > 0 {
        text.push_str(&format!(", of them {} not read and counted as wrong", report.not_read));
    }
    text.push_str(".\n");
    let unscored = report.unscored;
    for (found, line) in [
        (unscored.labels_without_file, "label(s) have no file in the folder and were left out."),
        (unscored.files_without_label, "file(s) of the folder have no label and were not read."),
        (unscored.labels_unclear, "label(s) were not understood and were left out; --misses lists them."),
    ] {
        if found > 0 {
            text.push_str(&format!("{found} {line}\n"));
        }
    }
    text
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun} was") } else { format!("{count} {noun}s were") }
}

/// The table's rows, its head first; the web page shows the same.
pub(super) fn rows(report: &Report) -> Vec<Vec<String>> {
    let head = ["field", "labelled", "exact", "accepted", "wrong among accepted", "", "close"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (name, counts) in &report.fields {
        rows.push(row(name.name(), counts, *name == FieldName::SupplierName));
    }
    if report.fields.len() > 1 {
        rows.push(row("all fields", &report.all, false));
    }
    if report.hands_free.labelled > 0 {
        rows.push(row("total and date", &report.hands_free, false));
    }
    if report.refused.labelled > 0 {
        rows.push(row("to be refused", &report.refused, false));
    }
    rows
}

fn row(name: &str, counts: &Counts, has_close: bool) -> Vec<String> {
    let close = if has_close { share::good(counts.close, counts.labelled) } else { String::new() };
    vec![
        name.to_owned(),
        counts.labelled.to_string(),
        share::good(counts.exact, counts.labelled),
        share::good(counts.accepted, counts.labelled),
        share::bad(counts.wrong_accepted, counts.accepted),
        format!("{} of {}", counts.wrong_accepted, counts.accepted),
        close,
    ]
}

/// Aligns: the first column to the left, the others to the right.
fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            if column == 0 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::score::{report::Unscored, testing::documents};

    #[test]
    fn the_table_is_aligned() {
        let unscored = Unscored { labels_without_file: 2, files_without_label: 0, labels_unclear: 1 };
        let expected = "\
5 labelled files were scored, of them 1 not read and counted as wrong.
2 label(s) have no file in the folder and were left out.
1 label(s) were not understood and were left out; --misses lists them.

field           labelled    exact  accepted  wrong among accepted           close
total                  4   50.0 %    50.0 %               50.00 %  1 of 2
issue_date             4   75.0 %    50.0 %                0.00 %  0 of 2
supplier_name          4   25.0 %    25.0 %                0.00 %  0 of 1  50.0 %
all fields            12   50.0 %    41.6 %               20.00 %  1 of 5
total and date         4   50.0 %    50.0 %               50.00 %  1 of 2
to be refused          1  100.0 %     0.0 %                     –  0 of 0

Time a file, 2 at once: mean 300 ms, median 300 ms, 95 of 100 within 500 ms; slowest 500 ms (5.xml).
";
        assert_eq!(table(&Report::new(&documents(), unscored), 2), expected);
    }

    #[test]
    fn misses_say_label_and_value() {
        let expected = [
            r#"2.jpg  total  label "9.00", read "90.00" (99 %, labelled)  ACCEPTED"#,
            r#"2.jpg  supplier_name  label "Tea Shop Ltd", read "OTHER" (80 %, labelled)"#,
            "4.jpg  not read (damaged_image): The picture is <damaged>.",
            r#"4.jpg  total  label "9.00", read nothing"#,
            r#"4.jpg  issue_date  label "5/3/2018", read nothing"#,
            r#"4.jpg  supplier_name  label "Tea Shop Ltd", read nothing"#,
            r#"3.jpg  supplier_name  label "Tea Shop Ltd", read "TEA SHOP LTO" (80 %, labelled)"#,
        ];
        assert_eq!(misses(&documents()), expected);
    }

    #[test]
    fn nothing_at_all_is_a_table_too() {
        let text = table(&Report::new(&[], Unscored::default()), 1);
        assert_eq!(
            text,
            "0 labelled files were scored.\n\nfield  labelled  exact  accepted  wrong among accepted    close\n"
        );
    }

    #[test]
    fn a_terminal_gets_no_orders() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a\u{FFFD}[2Jb\u{FFFD}");
    }
}
