//! The yardstick of what the web server itself costs: a handler that gives the same bytes
//! from memory, in a process of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The other process: serves the content of `file` at every address, and prints its own.
pub fn serve(file: &Path, workers: usize) -> Result<()> {
    let body = web::Bytes::from(std::fs::read(file)?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move {
                    HttpResponse::Ok()
                        .content_type("application/json")
                        .body(body)
                }
            }))
        });
        server.workers(workers).listen(listener)?.run().await
    })?;
    Ok(())
}

/// This process's end of it; killed when dropped.
pub struct FromMemory {
    /// Where it listens.
    pub address: SocketAddr,
    _child: Child,
}

impl FromMemory {
    /// Starts it.
    pub async fn start(file: &Path, workers: usize) -> Result<FromMemory> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([
                "bytes".as_ref(),
                file.as_os_str(),
                workers.to_string().as_ref(),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let words = child.stdout.take().context("its output is ours")?;
        let line = BufReader::new(words).lines().next_line().await?;
        let address = line.context("it says where it listens")?.parse()?;
        Ok(FromMemory {
            address,
            _child: child,
        })
    }
}
