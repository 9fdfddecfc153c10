//! Reading source files, and taking away what rules must not see.

use std::path::Path;

/// A Rust file as rules see it. Both texts have the length and the lines of the original.
pub struct Source {
    /// Path from the package's root, with `/`.
    pub file: String,
    /// Without comments, test items and the insides of literals.
    pub code: String,
    /// Without comments and test items.
    pub with_strings: String,
    /// Modules declared as `#[cfg(test)] mod name;`.
    pub test_modules: Vec<String>,
}

impl Source {
    /// Reads the text of one file.
    pub fn new(file: &str, text: &str) -> Source {
        let (mut code, mut with_strings) = without_comments(text);
        let test_modules = blank_tests(&mut code, &mut with_strings);
        let text = |bytes| String::from_utf8(bytes).expect("whole characters are blanked");
        Source {
            file: file.to_owned(),
            code: text(code),
            with_strings: text(with_strings),
            test_modules,
        }
    }

    /// The top-level module the file belongs to; none for `lib.rs` and `main.rs`.
    pub fn module(&self) -> Option<&str> {
        let path = self.file.strip_prefix("src/")?;
        match path.split_once('/') {
            Some((module, _)) => Some(module),
            None => path
                .strip_suffix(".rs")
                .filter(|name| !matches!(*name, "lib" | "main")),
        }
    }

    /// The line of a byte position, from 1.
    pub fn line(&self, position: usize) -> usize {
        line(&self.code, position)
    }
}

/// The line of a byte position, from 1.
pub fn line(text: &str, position: usize) -> usize {
    text.as_bytes()[..position]
        .iter()
        .filter(|&&b| b == b'\n')
        .count()
        + 1
}

/// All Rust files under `src`, without those that are test modules.
pub fn rust_files(root: &Path) -> Vec<Source> {
    let sources: Vec<Source> = files(root, "src", "rs")
        .iter()
        .map(|(file, text)| Source::new(file, text))
        .collect();
    let mut test_paths = Vec::new();
    for source in &sources {
        let (folder, name) = source.file.rsplit_once('/').expect("below src");
        let base = match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            _ => source.file.trim_end_matches(".rs").to_owned(),
        };
        test_paths.extend(
            source
                .test_modules
                .iter()
                .map(|name| format!("{base}/{name}")),
        );
    }
    let is_test = |file: &str| {
        test_paths.iter().any(|path| {
            file.strip_prefix(path.as_str())
                .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
    };
    sources
        .into_iter()
        .filter(|source| !is_test(&source.file))
        .collect()
}

/// (path from the root, text) of all files with an extension below a folder; empty when the
/// folder is not there.
pub fn files(root: &Path, folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == extension) {
                let name = path
                    .strip_prefix(root)
                    .expect("below the root")
                    .to_string_lossy()
                    .replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort();
    found
}

/// Names of the modules that the folder `src` holds.
pub fn top_level(src: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(src)
        .expect("src")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|ext| ext == "rs"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "lib" && name != "main")
        .collect();
    names.sort();
    names
}

/// The text with comments blanked, once with and once without the insides of literals blanked
/// too (in this order: without, with).
fn without_comments(text: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut with_strings = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let word_before = at > 0 && is_word(bytes[at - 1]);
        if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            blank(&mut code, at, end);
            blank(&mut with_strings, at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = at + block_comment(rest);
            blank(&mut code, at, end);
            blank(&mut with_strings, at, end);
            at = end;
        } else if let Some((open, len)) = raw_string(rest).filter(|_| !word_before) {
            blank(&mut code, at + open, at + len);
            at += len;
        } else if rest[0] == b'"' {
            let len = quoted(rest, b'"');
            blank(&mut code, at + 1, (at + len).saturating_sub(1).max(at + 1));
            at += len;
        } else if rest[0] == b'\'' && is_char_literal(rest) {
            let len = quoted(rest, b'\'');
            blank(&mut code, at + 1, (at + len).saturating_sub(1).max(at + 1));
            at += len;
        } else {
            at += 1;
        }
    }
    (code, with_strings)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Blanks a stretch; lines stay.
fn blank(bytes: &mut [u8], start: usize, end: usize) {
    for byte in &mut bytes[start..end] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// Length of a block comment; they nest.
fn block_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// For a raw string at the start: where its inside starts, and its whole length.
fn raw_string(bytes: &[u8]) -> Option<(usize, usize)> {
    let prefix = [&b"br"[..], b"cr", b"r"]
        .into_iter()
        .find(|prefix| bytes.starts_with(prefix))?
        .len();
    let hashes = bytes[prefix..].iter().take_while(|&&b| b == b'#').count();
    let open = prefix + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let end: Vec<u8> = std::iter::once(b'"')
        .chain(std::iter::repeat_n(b'#', hashes))
        .collect();
    let inside = &bytes[open + 1..];
    let len = inside
        .windows(end.len())
        .position(|window| window == end)
        .unwrap_or(inside.len());
    Some((open + 1, (open + 1 + len + end.len()).min(bytes.len())))
}

/// Length of a quoted literal with its quotes.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Tells `'a'` from the lifetime `'a`.
fn is_char_literal(bytes: &[u8]) -> bool {
    match bytes.get(1) {
        Some(b'\\') => true,
        Some(byte) if byte.is_ascii() => bytes.get(2) == Some(&b'\''),
        // Other scripts: a character of up to four bytes; lifetimes are ASCII here.
        Some(_) => true,
        None => false,
    }
}

/// Blanks items under `#[cfg(test)]`; gives the names of test modules in files of their own.
fn blank_tests(code: &mut [u8], with_strings: &mut [u8]) -> Vec<String> {
    const MARK: &[u8] = b"#[cfg(test)]";
    let mut modules = Vec::new();
    let mut from = 0;
    while let Some(at) = code[from..]
        .windows(MARK.len())
        .position(|window| window == MARK)
    {
        let start = from + at;
        let mut end = start + MARK.len();
        let mut depth = 0;
        while end < code.len() {
            match code[end] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            end += 1;
            if depth == 0 && matches!(code[end - 1], b'}' | b';') {
                break;
            }
        }
        let item = String::from_utf8_lossy(&code[start + MARK.len()..end]).into_owned();
        let declared = item
            .trim()
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ");
        if let Some(name) = declared
            .strip_prefix("mod ")
            .and_then(|name| name.strip_suffix(';'))
        {
            modules.push(name.trim().to_owned());
        }
        blank(code, start, end);
        blank(with_strings, start, end);
        from = end;
    }
    modules
}

#[test]
fn comments_literals_and_tests_are_not_seen() {
    let source = Source::new(
        "src/x/mod.rs",
        "use a::b; // crate::one\n/* crate::two /* nested */ */ let s = \"crate::three \\\" //\";\n\
         let r = r#\"crate::four \" \"#; let c = '\"'; fn f<'a>(x: &'a str) {} let d = 'é';\n\
         #[cfg(test)]\nmod tests { use crate::five; fn t() { if x { \"}\" } } }\n#[cfg(test)]\nmod more;\nuse crate::six;\n",
    );
    for gone in ["one", "two", "three", "four", "five"] {
        assert!(!source.code.contains(gone), "{gone}: {}", source.code);
    }
    assert!(source.code.contains("use a::b;") && source.code.contains("fn f<'a>(x: &'a str) {}"));
    assert!(
        source.with_strings.contains("crate::three") && source.with_strings.contains("crate::four")
    );
    assert_eq!(source.line(source.code.find("crate::six").unwrap()), 8);
    assert_eq!(source.test_modules, ["more"]);
    assert_eq!(source.module(), Some("x"));
}
