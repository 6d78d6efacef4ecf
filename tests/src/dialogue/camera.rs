use std::io::Cursor;

use anyhow::{Context, ensure};
use vk_sandbox::Sandbox;

/// The name (`ref`) of the link in the code on the newest picture that a person has got.
pub(super) fn read(sandbox: &Sandbox, owner: i64) -> anyhow::Result<String> {
    let got = sandbox.conversation(owner);
    let photos = got.iter().rev().filter(|message| !message.from_person).flat_map(|m| &m.attachments);
    let photo =
        photos.into_iter().find(|attachment| attachment["type"] == "photo").context("картинки нет")?;
    let id = photo["photo"]["id"].as_i64().context("у картинки нет номера")?;
    let png = sandbox.uploaded(id).context("картинка не загружена")?;
    let link = link(&png)?;
    let ours = format!("https://vk.me/club{}?ref=", sandbox.group_id());
    Ok(link.strip_prefix(&ours).with_context(|| format!("код ведёт не в сообщество: {link}"))?.to_owned())
}

/// What the one code on a picture says.
fn link(png: &[u8]) -> anyhow::Result<String> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels)?;
    let dot = pixels.len() / (width * height);
    let mut seen =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[dot * (y * width + x)]);
    let found = seen.detect_grids();
    ensure!(found.len() == 1, "на картинке не один код: {}", found.len());
    Ok(found[0].decode()?.1)
}
