//! Take the port early, so that a taken one is told before anything is made or started.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

use anyhow::{Result, bail};

/// Binds the address; errors say what to do.
pub fn bind(address: SocketAddr) -> Result<TcpListener> {
    let error = match TcpListener::bind(address) {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::AddrInUse => bail!(
            "Port {} on {} is taken: stop what uses it, or choose another with --listen ADDR:PORT.",
            address.port(),
            address.ip()
        ),
        ErrorKind::PermissionDenied => bail!(
            "Port {} is for root alone: choose one from 1024 up with --listen ADDR:PORT, behind a proxy.",
            address.port()
        ),
        ErrorKind::AddrNotAvailable => bail!(
            "{} is no address of this machine: choose another with --listen ADDR:PORT.",
            address.ip()
        ),
        _ => bail!(
            "{address} cannot be listened on ({error}): choose another with --listen ADDR:PORT."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_one_sentence() {
        let first = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let error = bind(first.local_addr().unwrap()).unwrap_err().to_string();
        assert!(
            error.contains("is taken") && error.contains("--listen"),
            "{error}"
        );
        let error = bind("192.0.2.1:3000".parse().unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.contains("no address of this machine"), "{error}");
    }
}
