//! The section `[mail]`.

use super::{Error, Secret, Server, settings::Settings};

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The SMTP server (`smtp://` or `smtps://`); `None` writes messages as files into
    /// `DATA/mail`.
    pub smtp_url: Option<Secret>,
    /// The sender, as `Name <address>` or a bare address.
    pub from: String,
    /// How many leave in an hour at the most.
    pub hourly: u32,
}

impl Mail {
    pub(super) fn read(settings: &Settings, server: &Server) -> Result<Self, Error> {
        let url = settings.some_text("mail", "smtp_url");
        if url.is_some_and(|url| !url.starts_with("smtp://") && !url.starts_with("smtps://")) {
            return Err(settings.bad("mail", "smtp_url", "must begin with smtp:// or smtps://"));
        }
        let from = match settings.some_text("mail", "from") {
            Some(from) if !is_mailbox(from) => {
                let what = "must be an address such as \"The porch <porch@example.org>\"";
                return Err(settings.bad("mail", "from", what));
            }
            Some(from) => from.to_owned(),
            None => format!("Porchlight <porchlight@{}>", server.domain_without_port()),
        };
        Ok(Self {
            smtp_url: url.map(Secret::new),
            from,
            hourly: settings.whole("mail", "hourly", 10..=1_000_000)? as u32,
        })
    }

    /// Whether mail really leaves this machine.
    pub fn is_configured(&self) -> bool {
        self.smtp_url.is_some()
    }
}

fn is_mailbox(text: &str) -> bool {
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => match rest.strip_suffix('>') {
            Some(address) => address,
            None => return false,
        },
        None => text,
    };
    let plain =
        !address.contains(|c: char| c.is_whitespace() || c.is_control() || c == '<' || c == '>');
    plain
        && address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}
