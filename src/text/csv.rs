//! Comma-separated values (RFC 4180), read leniently and written so that no program that opens
//! them runs anything (X5).

/// Reads records: lines of fields, each perhaps in quotes. Empty lines are left out. At most
/// `most` records; what is beyond is not read.
pub fn read(text: &str, most: usize) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = Vec::new();
    let mut record: Vec<String> = Vec::new();
    let mut field = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut chars = text.chars().peekable();
    loop {
        if records.len() >= most {
            return records;
        }
        match chars.next() {
            Some('"') if quoted => match chars.peek() {
                Some('"') => {
                    chars.next();
                    field.push('"');
                }
                _ => quoted = false,
            },
            Some(c) if quoted => field.push(c),
            Some('"') if field.is_empty() => (quoted, was_quoted) = (true, true),
            Some(',') => {
                record.push(bare(std::mem::take(&mut field)));
                was_quoted = false;
            }
            Some('\r') if chars.peek() == Some(&'\n') => {}
            end @ (Some('\n') | None) => {
                if !record.is_empty() || !field.is_empty() || was_quoted {
                    record.push(bare(std::mem::take(&mut field)));
                    records.push(std::mem::take(&mut record));
                    was_quoted = false;
                }
                if end.is_none() {
                    return records;
                }
            }
            Some(c) => field.push(c),
        }
    }
}

/// One record with its line end. What a spreadsheet would take for a formula begins with an
/// apostrophe, which [`read`] takes away again.
pub fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let inert = match is_formula(field) || hides_a_formula(field) {
            true => format!("'{field}"),
            false => field.to_owned(),
        };
        match inert.contains([',', '"', '\n', '\r']) {
            true => {
                out.push('"');
                out.push_str(&inert.replace('"', "\"\""));
                out.push('"');
            }
            false => out.push_str(&inert),
        }
    }
    out.push('\n');
    out
}

fn is_formula(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// An apostrophe that is the field's own and would be taken for ours.
fn hides_a_formula(field: &str) -> bool {
    field
        .strip_prefix('\'')
        .is_some_and(|rest| is_formula(rest) || hides_a_formula(rest))
}

fn bare(field: String) -> String {
    match hides_a_formula(&field) {
        true => field[1..].to_owned(),
        false => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_commas_and_line_ends_are_read() {
        let text =
            "\u{feff}#domain,#comment\r\nbad.example,\"one, \"\"two\"\"\nthree\"\n\n a ,\n\"\"";
        assert_eq!(
            read(text, 10),
            [
                vec!["#domain".to_owned(), "#comment".to_owned()],
                vec!["bad.example".to_owned(), "one, \"two\"\nthree".to_owned()],
                vec![" a ".to_owned(), String::new()],
                vec![String::new()],
            ]
        );
        assert_eq!(read(text, 2).len(), 2);
        // What never closes is read to the end, once.
        assert_eq!(
            read("a,\"b\nc", 10),
            [vec!["a".to_owned(), "b\nc".to_owned()]]
        );
    }

    #[test]
    fn nothing_that_is_written_begins_like_a_formula() {
        for field in ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx"] {
            let written = line([field, "x"]);
            let first = written.trim_start_matches('"').chars().next();
            assert_eq!(first, Some('\''), "{written:?}");
            assert_eq!(read(&written, 1), [vec![field.to_owned(), "x".to_owned()]]);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(fields in prop::collection::vec("[-=+@',\"\\t\\r\\na-z]{0,8}", 2..5)) {
            let written = line(fields.iter().map(String::as_str));
            prop_assert_eq!(read(&written, 3), vec![fields]);
        }
    }
}
