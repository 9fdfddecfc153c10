//! Figures as Prometheus reads them: its text format 0.0.4, as far as it is needed here.

use std::fmt::Write;

/// The media type.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only goes up, until the process ends.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often something took how long in all.
    Summary,
}

/// A text that is being written.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
    name: &'static str,
}

impl Exposition {
    /// Begins a family: a name (`[a-z_]`, once in the text), and a line of help.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> &mut Exposition {
        let word = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Summary => "summary",
        };
        self.name = name;
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {word}");
        self
    }

    /// A figure of the family that was begun last.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: f64) -> &mut Exposition {
        self.line("", labels, value)
    }

    /// Both figures of a summary.
    pub fn summary(&mut self, labels: &[(&str, &str)], count: u64, sum: f64) -> &mut Exposition {
        self.line("_sum", labels, sum);
        self.line("_count", labels, count as f64)
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) -> &mut Exposition {
        if !value.is_finite() {
            return self;
        }
        self.text.push_str(self.name);
        self.text.push_str(suffix);
        for (place, (label, words)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let words = words
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            let _ = write!(self.text, "{before}{label}=\"{words}\"");
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{after} {value}");
        self
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_lines_below_their_help() {
        let mut text = Exposition::default();
        text.family("porch_lights", Kind::Gauge, "Lights that are\non.")
            .sample(&[], 3.0)
            .sample(&[("room", "a \"b\"\n\\c"), ("floor", "0")], 0.5)
            .sample(&[("room", "none")], f64::NAN);
        text.family("porch_seconds", Kind::Summary, "Time.")
            .summary(&[("queue", "mail")], 2, 1.25);
        let lines = "# HELP porch_lights Lights that are\\non.\n\
            # TYPE porch_lights gauge\n\
            porch_lights 3\n\
            porch_lights{room=\"a \\\"b\\\"\\n\\\\c\",floor=\"0\"} 0.5\n\
            # HELP porch_seconds Time.\n\
            # TYPE porch_seconds summary\n\
            porch_seconds_sum{queue=\"mail\"} 1.25\n\
            porch_seconds_count{queue=\"mail\"} 2\n";
        assert_eq!(text.finish(), lines);
    }
}
