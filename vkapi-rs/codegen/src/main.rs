//! Writes `vkapi-rs`'s generated sources; `reduce PATH` makes the facts anew from a checkout of VK's schema.

use std::{env, fs, path::Path};

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let files = match (args.next().as_deref(), args.next()) {
        (None, _) => vkapi_codegen::write()?,
        (Some("reduce"), Some(checkout)) => vkapi_codegen::reduce(Path::new(&checkout))?,
        _ => bail!("usage: vkapi-codegen [reduce CHECKOUT_OF_VK_API_SCHEMA]"),
    };
    for (path, text) in files {
        let path = vkapi_codegen::home().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
