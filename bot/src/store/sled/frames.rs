//! Frames: how the journal and exports lie in their files, so that a half-written or damaged one is told from a
//! whole one.
//!
//! A frame is the length of its body and the crc32 of it, four bytes each, lowest first, then the body in postcard.

use std::io::{self, Read};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::store::{Result, StoreError};

const HEAD: usize = 8;

/// Bytes that are written and read as a whole; as a list, postcard takes them one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        <&[u8]>::deserialize(from).map(Self)
    }
}

/// The bytes of a frame, put over what the buffer held.
pub(super) fn encode(buffer: &mut Vec<u8>, body: &impl Serialize) -> Result<()> {
    buffer.clear();
    buffer.extend([0; HEAD]);
    *buffer =
        postcard::to_extend(body, std::mem::take(buffer)).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let (head, body) = buffer.split_at_mut(HEAD);
    let len = u32::try_from(body.len()).map_err(|e| StoreError::Unavailable(e.to_string()))?;
    head[..4].copy_from_slice(&len.to_le_bytes());
    head[4..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    Ok(())
}

/// The body of an encoded frame.
pub(super) fn body(frame: &[u8]) -> &[u8] {
    frame.get(HEAD..).unwrap_or_default()
}

/// What was found where a frame should begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole frame.
    Frame,
    /// The end of the file.
    End,
    /// Something that is no frame.
    Torn,
}

/// Reads the next frame's body into the buffer.
pub(super) fn next(from: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<Found> {
    buffer.clear();
    from.take(HEAD as u64).read_to_end(buffer)?;
    let Some((head, crc)) = buffer.split_first_chunk::<4>() else {
        return Ok(if buffer.is_empty() { Found::End } else { Found::Torn });
    };
    let (len, Ok(crc)) = (u32::from_le_bytes(*head), crc.try_into().map(u32::from_le_bytes)) else {
        return Ok(Found::Torn);
    };
    buffer.clear();
    // No body is empty, so zeros that a power cut left are no frame.
    let whole = from.take(len.into()).read_to_end(buffer)? == len as usize && len > 0;
    Ok(if whole && crc32fast::hash(buffer) == crc { Found::Frame } else { Found::Torn })
}

/// Reads a body that borrows from the buffer.
pub(super) fn decode<'a, T: Deserialize<'a>>(buffer: &'a [u8]) -> Result<T> {
    postcard::from_bytes(buffer).map_err(|e| StoreError::Corrupt(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(mut bytes: &[u8]) -> (Vec<String>, Found) {
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        loop {
            match next(&mut bytes, &mut buffer).unwrap() {
                Found::Frame => all.push(decode::<&str>(&buffer).unwrap().to_owned()),
                other => return (all, other),
            }
        }
    }

    #[test]
    fn frames_are_read_up_to_the_one_that_is_not_whole() {
        let mut buffer = b"old".to_vec();
        encode(&mut buffer, &"раз").unwrap();
        let mut file = buffer.clone();
        encode(&mut buffer, &"два").unwrap();
        file.extend(&buffer);
        assert_eq!(bodies(&file), (vec!["раз".to_owned(), "два".to_owned()], Found::End));
        let second = file.len() - buffer.len();
        for cut in second + 1..file.len() {
            assert_eq!(bodies(&file[..cut]), (vec!["раз".to_owned()], Found::Torn), "cut at {cut}");
        }
        for spoiled in second..file.len() {
            let mut file = file.clone();
            file[spoiled] ^= 0x10;
            assert_eq!(bodies(&file), (vec!["раз".to_owned()], Found::Torn), "spoiled at {spoiled}");
        }
        assert_eq!(bodies(&[&file[..second], &[0; 64]].concat()), (vec!["раз".to_owned()], Found::Torn));
    }
}
