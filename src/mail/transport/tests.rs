//! A mail server of a few lines on loopback, and the URLs.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::super::message::Kind;
use super::*;

fn message() -> Message {
    Message::new(
        Kind::Approved,
        "ann@example.org",
        "Grüße",
        "Come in.\n.\nBye.\n",
    )
    .unwrap()
}

fn settings(route: Route) -> Settings {
    Settings {
        route,
        from: "Porch <noreply@porch.example>".into(),
    }
}

/// Takes one mail and returns what was said; answers the recipient with `answer`.
async fn server(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut heard = String::new();
        let mut in_mail = false;
        write.write_all(b"220 here\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            heard.push_str(&line);
            heard.push('\n');
            let reply = match line.as_str() {
                "." if in_mail => {
                    in_mail = false;
                    "250 taken"
                }
                _ if in_mail => continue,
                "DATA" => {
                    in_mail = true;
                    "354 go on"
                }
                "QUIT" => break,
                line if line.starts_with("RCPT") => answer,
                _ => "250 fine",
            };
            write
                .write_all(format!("{reply}\r\n").as_bytes())
                .await
                .unwrap();
            if reply == "250 taken" || !answer.starts_with('2') && reply == answer {
                break;
            }
        }
        heard
    });
    (url, heard)
}

#[tokio::test]
async fn a_mail_goes_over_smtp() {
    let (url, heard) = server("250 fine").await;
    let mailer = Mailer::new(&settings(Route::Smtp(url))).unwrap();
    assert!(mailer.is_real() && mailer.is_on());
    mailer.send(&message(), DateTime::UNIX_EPOCH).await.unwrap();
    let heard = heard.await.unwrap();
    assert!(
        heard.contains("MAIL FROM:<noreply@porch.example>"),
        "{heard}"
    );
    assert!(heard.contains("RCPT TO:<ann@example.org>"), "{heard}");
    assert!(heard.contains("\n..\n"), "a lone dot is doubled: {heard}");
}

#[tokio::test]
async fn a_no_for_good_and_a_no_for_now_are_told_apart() {
    for (answer, for_good) in [("550 no such person", true), ("451 try later", false)] {
        let (url, heard) = server(answer).await;
        let mailer = Mailer::new(&settings(Route::Smtp(url))).unwrap();
        let outcome = mailer.send(&message(), DateTime::UNIX_EPOCH).await;
        assert_eq!(
            matches!(outcome, Err(Undelivered::Refused(_))),
            for_good,
            "{outcome:?}"
        );
        assert_eq!(
            matches!(outcome, Err(Undelivered::Later(_))),
            !for_good,
            "{outcome:?}"
        );
        heard.await.unwrap();
    }
    // Nobody listens there.
    let mailer = Mailer::new(&settings(Route::Smtp("smtp://127.0.0.1:1".into()))).unwrap();
    let outcome = mailer.send(&message(), DateTime::UNIX_EPOCH).await;
    assert!(matches!(outcome, Err(Undelivered::Later(_))));
}

#[tokio::test]
async fn a_folder_takes_mails_and_nothing_takes_none() {
    let home = tempfile::tempdir().unwrap();
    let mailer = Mailer::new(&settings(Route::Folder(home.path().join("mail")))).unwrap();
    assert!(mailer.is_on() && !mailer.is_real());
    mailer.send(&message(), DateTime::UNIX_EPOCH).await.unwrap();
    let file = std::fs::read_dir(home.path().join("mail"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mail = std::fs::read_to_string(file.path()).unwrap();
    assert!(mail.contains("To: ann@example.org\r\n"), "{mail}");

    let nothing = Mailer::new(&settings(Route::None)).unwrap();
    assert!(!nothing.is_on() && !nothing.is_real());
    nothing
        .send(&message(), DateTime::UNIX_EPOCH)
        .await
        .unwrap();
}

#[test]
fn mail_leaves_the_machine_encrypted_unless_told_otherwise() {
    for (given, used) in [
        (
            "smtp://u:p@mail.example.org:587",
            "smtp://u:p@mail.example.org:587?tls=required",
        ),
        (
            "smtp://u:p@mail.example.org?tls=required",
            "smtp://u:p@mail.example.org?tls=required",
        ),
        (
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://mail.example.org?tls=opportunistic",
        ),
        (
            "smtp://mail.example.org?tls=none",
            "smtp://mail.example.org",
        ),
        ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
        ("smtp://localhost", "smtp://localhost"),
        ("smtp://[::1]:25", "smtp://[::1]:25"),
        (
            "smtps://u:p@mail.example.org",
            "smtps://u:p@mail.example.org",
        ),
    ] {
        assert_eq!(with_encryption(given).unwrap().as_str(), used);
    }
}

#[test]
fn a_wrong_setting_is_one_sentence_without_the_password() {
    for url in [
        "",
        "mail.example.org",
        "http://u:hunter2@mail.example.org",
        "smtp://u:hunter2@h?tls=maybe",
    ] {
        match Mailer::new(&settings(Route::Smtp(url.into()))) {
            Err(Error::Broken(cause)) => {
                assert!(cause.to_string().contains("smtps://"));
                assert!(!cause.to_string().contains("hunter2"));
            }
            _ => panic!("{url}"),
        }
    }
    let mut wrong = settings(Route::Folder("/nonexistent".into()));
    wrong.from = "nobody".into();
    assert!(Mailer::new(&wrong).is_err());
}
