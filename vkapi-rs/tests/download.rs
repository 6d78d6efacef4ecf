//! Files are fetched whole or not at all.
#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use vkapi::{Bot, utils::download::DownloadError};

/// A server that answers each request with the next of these, and the address of it.
async fn server(answers: Vec<String>) -> String {
    static KEY_SEEN: AtomicBool = AtomicBool::new(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 4_096];
            let n = stream.read(&mut asked).await.unwrap();
            if String::from_utf8_lossy(&asked[..n]).contains("secret-key") {
                KEY_SEEN.store(true, Ordering::SeqCst);
            }
            assert!(!KEY_SEEN.load(Ordering::SeqCst), "the key was sent");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

fn bot(address: &str) -> Bot {
    Bot::builder("secret-key").api_url(&format!("{address}/method")).build().unwrap()
}

#[tokio::test]
async fn a_file_is_fetched_from_where_vk_sends_on_to() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let file = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let address = server(vec![moved.to_owned(), file.to_owned()]).await;
    assert_eq!(bot(&address).download(&format!("{address}/doc1_2"), 5).await.unwrap(), b"hello");
}

#[tokio::test]
async fn no_more_of_a_file_is_read_than_was_asked_for() {
    let told = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!";
    // Without its length, until the connection ends.
    let untold = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello!";
    let address = server(vec![told.to_owned(), untold.to_owned()]).await;
    for _ in 0..2 {
        let error = bot(&address).download(&format!("{address}/doc1_2"), 5).await.unwrap_err();
        assert!(matches!(error, DownloadError::Big(5)), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_file_is_an_error() {
    let gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let address = server(vec![gone.to_owned()]).await;
    let bot = bot(&address);
    assert!(matches!(bot.download(&address, 5).await, Err(DownloadError::Server(_))));
    for wrong in ["", "doc1_2", "file:///etc/hostname", "ftp://example.org/a"] {
        assert!(matches!(bot.download(wrong, 5).await, Err(DownloadError::Address)), "{wrong}");
    }
}
