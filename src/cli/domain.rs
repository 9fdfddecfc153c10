//! A place keeps its domain: it is part of every id that others hold.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{
    app::place::{DOMAIN, HANDLE_DOMAIN, is_same},
    config::{Place, Server},
    store::{self, Conn},
};

use super::sentence::tell;

/// Refuses to start as another domain, or with another one in its handles, than the first
/// account was made under.
pub async fn check_domain(conn: &mut Conn, server: &Server) -> Result<()> {
    let stored = store::settings::find(conn, DOMAIN).await.map_err(tell)?;
    check(stored.as_ref().and_then(Value::as_str), server)?;
    let handles = store::settings::find(conn, HANDLE_DOMAIN)
        .await
        .map_err(tell)?;
    check_handles(handles.as_ref().and_then(Value::as_str), server)
}

fn check_handles(stored: Option<&str>, server: &Server) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    if stored == server.handle_domain || server.place == Place::Development {
        return Ok(());
    }
    bail!(
        "The people of this place are called @name@{stored} for ever, since it has accounts, \
         but server.handle_domain says {}: set it to {stored}.",
        server.handle_domain
    )
}

fn check(stored: Option<&str>, server: &Server) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    if is_same(stored, server) {
        return Ok(());
    }
    bail!(
        "This place is {stored} for ever, since it has accounts, but it was started as {}: \
         start it with --domain {stored}, or with another --data for a new place.",
        server.domain
    )
}

#[cfg(test)]
mod tests {
    use crate::config::{Layers, load};

    use super::*;

    fn server(domain: &str) -> Server {
        let variables = [("PORCHLIGHT_SERVER__DOMAIN".to_owned(), domain.to_owned())].into();
        let layers = Layers {
            file: None,
            environment: &variables,
            command_line: Vec::new(),
            read_file: |path| std::fs::read_to_string(path),
        };
        load::load(layers).unwrap().server
    }

    #[test]
    fn only_the_first_domain_will_do() {
        assert!(check(None, &server("a.example")).is_ok());
        assert!(check(Some("a.example"), &server("a.example")).is_ok());
        let error = check(Some("a.example"), &server("b.example"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("--domain a.example"), "{error}");
        assert!(check(Some("localhost:3000"), &server("a.example")).is_err());
        assert!(check(Some("localhost:4000"), &server("")).is_ok());
        assert!(check(Some("a.example"), &server("")).is_err());
    }
}
