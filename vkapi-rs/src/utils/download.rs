//! Files that people sent: fetched from where VK keeps them, and never more of one than was asked for.

use std::time::Duration;

use reqwest::{Url, header::LOCATION};
use thiserror::Error;

use crate::{bot::Bot, errors::RequestError};

/// How often VK may send on to another address.
const HOPS: usize = 5;
/// How slow a line may be, bytes a second.
const SLOWEST: u64 = 64 << 10;

/// Why a file was not fetched.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// What was given is no address of the web.
    #[error("no address of a file")]
    Address,
    /// The server could not be reached, or did not give the file.
    #[error("the file's server: {0}")]
    Server(#[source] RequestError),
    /// The file is larger than was asked for; what had come of it is thrown away.
    #[error("the file is larger than {0} bytes")]
    Big(u64),
}

impl Bot {
    /// The bytes of a file at the address that VK gives in an attachment (`url` of a document), at most `most` of them.
    ///
    /// The community's key is not sent there.
    ///
    /// # Errors
    /// See [`DownloadError`]; nothing is tried again.
    pub async fn download(&self, url: &str, most: u64) -> Result<Vec<u8>, DownloadError> {
        let server = |error| DownloadError::Server(RequestError::network(error));
        let mut url = web(Url::parse(url).ok())?;
        let timeout = Duration::from_secs(30 + most / SLOWEST);
        for _ in 0..HOPS {
            let mut response =
                self.client().get(url.clone()).timeout(timeout).send().await.map_err(server)?;
            if response.status().is_redirection() {
                let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                url = web(to.and_then(|to| url.join(to).ok()))?;
                continue;
            }
            let status = response.status();
            if !status.is_success() {
                return Err(DownloadError::Server(RequestError::Invalid(format!("status {status}"))));
            }
            if response.content_length().is_some_and(|length| length > most) {
                return Err(DownloadError::Big(most));
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(server)? {
                if bytes.len() as u64 + chunk.len() as u64 > most {
                    return Err(DownloadError::Big(most));
                }
                bytes.extend_from_slice(&chunk);
            }
            return Ok(bytes);
        }
        Err(DownloadError::Server(RequestError::Invalid("sent on too often".to_owned())))
    }
}

fn web(url: Option<Url>) -> Result<Url, DownloadError> {
    url.filter(|url| matches!(url.scheme(), "http" | "https")).ok_or(DownloadError::Address)
}
