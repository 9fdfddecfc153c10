//! Just enough HTML to read our own pages: elements in order, their text, their forms.
//!
//! Our templates close what they open and quote what they set, so this is no parser of the
//! web. What it cannot read is a bug of a template.

use std::collections::BTreeMap;

/// Elements that have no end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// One element of a page.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Lower case.
    pub name: String,
    /// Decoded; an attribute without a value is empty.
    pub attributes: BTreeMap<String, String>,
    /// All text in it, spaces folded.
    pub text: String,
    /// Text exactly as it is, decoded: what a `textarea` holds.
    pub raw_text: String,
    /// Positions in [`Html::elements`] of what it stands in, outermost first.
    pub above: Vec<usize>,
}

impl Element {
    /// An attribute, or nothing.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether the attribute is there at all.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

/// A page that was read.
#[derive(Debug, Clone, Default)]
pub struct Html {
    /// In the order of the page.
    pub elements: Vec<Element>,
    /// Ends without a beginning and beginnings without an end.
    pub mistakes: Vec<String>,
}

/// One thing that a form sends.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// `hidden`, `text`, `textarea`, `select`, `checkbox`, `radio`, `submit`, `file`, …
    pub kind: String,
    /// What it holds now.
    pub value: String,
    /// Whether it is sent: unticked boxes and unpressed buttons are not.
    pub sent: bool,
}

/// A form of a page.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes; empty means the page's own address.
    pub action: String,
    /// Upper case.
    pub method: String,
    /// Whether it carries files.
    pub multipart: bool,
    /// In the order of the page.
    pub fields: Vec<Field>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
}

/// A button of a form.
#[derive(Debug, Clone)]
pub struct Button {
    /// What is written on it, or what it is called by a screen reader.
    pub label: String,
    /// Where it sends the form, if elsewhere.
    pub action: Option<String>,
    /// What it adds.
    pub name: String,
    /// The value of that.
    pub value: String,
}

impl Html {
    /// Reads a page.
    pub fn read(source: &str) -> Html {
        let mut html = Html::default();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find('<') {
            html.say(&open, &rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("<!--") {
                rest = after.split_once("-->").map_or("", |(_, tail)| tail);
            } else if rest.starts_with("<!") {
                rest = rest.split_once('>').map_or("", |(_, tail)| tail);
            } else if let Some(after) = rest.strip_prefix("</") {
                let (name, tail) = after.split_once('>').unwrap_or((after, ""));
                html.end(&mut open, &name.trim().to_lowercase());
                rest = tail;
            } else {
                let (element, closed, tail) = tag(&rest[1..]);
                rest = html.begin(&mut open, element, closed, tail);
            }
        }
        html.say(&open, rest);
        for index in open {
            html.mistakes
                .push(format!("<{}> is not closed", html.elements[index].name));
        }
        for element in &mut html.elements {
            element.text = element
                .raw_text
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
        }
        html
    }

    fn begin<'a>(
        &mut self,
        open: &mut Vec<usize>,
        mut element: Element,
        closed: bool,
        tail: &'a str,
    ) -> &'a str {
        element.above.clone_from(open);
        let name = element.name.clone();
        self.elements.push(element);
        if closed || VOID.contains(&name.as_str()) {
            return tail;
        }
        open.push(self.elements.len() - 1);
        if name == "script" || name == "style" {
            let end = format!("</{name}>");
            let (body, after) = tail.split_once(&end).unwrap_or((tail, ""));
            let index = open.pop().expect("it was pushed");
            self.elements[index].raw_text.push_str(body);
            return after;
        }
        tail
    }

    fn end(&mut self, open: &mut Vec<usize>, name: &str) {
        match open
            .iter()
            .rposition(|&index| self.elements[index].name == name)
        {
            None => self.mistakes.push(format!("</{name}> closes nothing")),
            Some(at) => {
                for &index in &open[at + 1..] {
                    let inner = &self.elements[index].name;
                    if !matches!(
                        inner.as_str(),
                        "p" | "li" | "option" | "dt" | "dd" | "tr" | "td" | "th"
                    ) {
                        self.mistakes
                            .push(format!("<{inner}> is open where </{name}> stands"));
                    }
                }
                open.truncate(at);
            }
        }
    }

    fn say(&mut self, open: &[usize], text: &str) {
        let text = decode(text);
        for &index in open {
            self.elements[index].raw_text.push_str(&text);
        }
    }

    /// The text of the whole page's body.
    pub fn text(&self) -> String {
        self.elements
            .iter()
            .find(|e| e.name == "body")
            .map_or(String::new(), |e| e.text.clone())
    }

    /// All elements of a name.
    pub fn all(&self, name: &str) -> Vec<&Element> {
        self.elements.iter().filter(|e| e.name == name).collect()
    }

    /// The element with an id.
    pub fn by_id(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|e| e.get("id") == id)
    }

    /// All forms.
    pub fn forms(&self) -> Vec<Form> {
        (0..self.elements.len())
            .filter(|&at| self.elements[at].name == "form")
            .map(|at| self.form(at))
            .collect()
    }

    fn form(&self, at: usize) -> Form {
        let form = &self.elements[at];
        let id = form.get("id");
        let belongs = |element: &Element| match element.attributes.get("form") {
            Some(other) => !id.is_empty() && other == id,
            None => element.above.contains(&at),
        };
        let buttons = self
            .elements
            .iter()
            .filter(|e| e.name == "button" && belongs(e) && !e.has("disabled"));
        let buttons = buttons.map(|e| Button {
            label: if e.text.is_empty() || e.has("aria-label") {
                e.get("aria-label").to_owned()
            } else {
                e.text.clone()
            },
            action: e.attributes.get("formaction").cloned(),
            name: e.get("name").to_owned(),
            value: e.get("value").to_owned(),
        });
        let buttons = buttons.collect();
        let mut fields = Vec::new();
        for (position, element) in self.elements.iter().enumerate() {
            if !belongs(element) || !element.has("name") || element.has("disabled") {
                continue;
            }
            let kind = match element.name.as_str() {
                "input" => match element.get("type") {
                    "" => "text".to_owned(),
                    kind => kind.to_owned(),
                },
                "button" => "submit".to_owned(),
                "textarea" | "select" => element.name.clone(),
                _ => continue,
            };
            let value = match kind.as_str() {
                // The first line break belongs to the tag.
                "textarea" => element
                    .raw_text
                    .strip_prefix('\n')
                    .unwrap_or(&element.raw_text)
                    .to_owned(),
                "select" => self.chosen(position),
                "checkbox" | "radio" if !element.has("value") => "on".to_owned(),
                _ => element.get("value").to_owned(),
            };
            let sent = match kind.as_str() {
                "checkbox" | "radio" => element.has("checked"),
                "submit" | "file" => false,
                _ => true,
            };
            fields.push(Field {
                name: element.get("name").to_owned(),
                kind,
                value,
                sent,
            });
        }
        Form {
            action: form.get("action").to_owned(),
            method: match form.get("method") {
                "" => "GET".to_owned(),
                method => method.to_uppercase(),
            },
            multipart: form.get("enctype") == "multipart/form-data",
            fields,
            buttons,
        }
    }

    fn chosen(&self, select: usize) -> String {
        let options = || {
            self.elements
                .iter()
                .filter(|e| e.name == "option" && e.above.contains(&select))
        };
        let chosen = options()
            .find(|e| e.has("selected"))
            .or_else(|| options().next());
        chosen.map_or(String::new(), |e| {
            if e.has("value") {
                e.get("value").to_owned()
            } else {
                e.text.clone()
            }
        })
    }
}

/// Reads a tag after its `<`; gives what follows it.
fn tag(source: &str) -> (Element, bool, &str) {
    let name_end = source
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .unwrap_or(source.len());
    let mut element = Element {
        name: source[..name_end].to_lowercase(),
        ..Element::default()
    };
    let mut rest = &source[name_end..];
    loop {
        rest = rest.trim_start();
        if let Some(tail) = rest.strip_prefix("/>") {
            return (element, true, tail);
        }
        if let Some(tail) = rest.strip_prefix('>') {
            return (element, false, tail);
        }
        if rest.is_empty() {
            return (element, false, "");
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=' || c == '>')
            .unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[1..];
            continue;
        }
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().unwrap_or(' ');
            if quote == '"' || quote == '\'' {
                let (inner, tail) = after[1..].split_once(quote).unwrap_or((&after[1..], ""));
                value = decode(inner);
                rest = tail;
            } else {
                let end = after
                    .find(|c: char| c.is_whitespace() || c == '>')
                    .unwrap_or(after.len());
                value = decode(&after[..end]);
                rest = &after[end..];
            }
        }
        element.attributes.insert(name, value);
    }
}

/// Turns entities into what they stand for: those that escapers write, and numbers.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|&end| end <= 10) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        let decoded = match &rest[1..end] {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            name => name.strip_prefix('#').and_then(|number| {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => number.parse().ok(),
                };
                char::from_u32(code?)
            }),
        };
        match decoded {
            Some(letter) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[test]
fn a_form_is_read_as_a_browser_would_send_it() {
    let page = Html::read(
        "<!doctype html><html lang=en><body><p>Tea &amp; cake</p>\
         <form method=post action='/a?b=1&amp;c'><input type=hidden name=csrf value=\"x&#39;y\">\
         <textarea name=text>\nHello\n&lt;b&gt;</textarea>\
         <input type=checkbox name=loud checked><input type=radio name=r value=1><input type=radio name=r value=2 checked>\
         <select name=s><option value=a>A<option value=b selected>B</select>\
         <button name=do value=it>Go</button></form><script>if (a<b) {}</script></body></html>",
    );
    assert!(page.mistakes.is_empty(), "{:?}", page.mistakes);
    assert!(page.text().starts_with("Tea & cake"));
    let form = &page.forms()[0];
    assert_eq!(
        (form.method.as_str(), form.action.as_str()),
        ("POST", "/a?b=1&c")
    );
    let sent: Vec<String> = form
        .fields
        .iter()
        .filter(|f| f.sent)
        .map(|f| format!("{}={}", f.name, f.value))
        .collect();
    assert_eq!(
        sent,
        ["csrf=x'y", "text=Hello\n<b>", "loud=on", "r=2", "s=b"]
    );
    assert_eq!(Html::read("<div><span></div>").mistakes.len(), 1);
}
