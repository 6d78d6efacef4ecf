//! `kurator certificate verify`: was a certificate of this number given, and what does it say?

use std::path::Path;

use clap::Subcommand;

use super::{Failed, load, open_content, way::Way};
use crate::{
    control::{Ask, Told},
    domain::Certificate,
};

#[derive(Subcommand)]
pub(super) enum CertificateCommand {
    /// Проверить номер сертификата: кому, за что и когда он выдан. Бот может работать.
    Verify {
        /// Номер: двенадцать цифр, с дефисами или без.
        number: String,
    },
}

pub(super) fn certificate(command: &CertificateCommand, config: &Path) -> Result<(), Failed> {
    let CertificateCommand::Verify { number: typed } = command;
    let config = load(config)?;
    let content = open_content(&config.content)?;
    let texts = content.texts();
    let Some(number) = Certificate::read(typed) else {
        return Err(Failed::config(texts.get("paper-bad-number")));
    };
    let written = Certificate::written(number);
    match Way::to(&config)?.ask(Ask::Certificate { number })? {
        Told::Certificate(Some(paper)) => {
            let day = paper.zone.local(paper.held).date().strftime("%d.%m.%Y").to_string();
            let told = texts.format(
                "paper-real",
                &[
                    ("number", written.into()),
                    ("name", paper.name.clone().into()),
                    ("title", paper.title.clone().into()),
                    ("date", day.into()),
                ],
            );
            println!("{told}");
            Ok(())
        }
        Told::Certificate(None) => {
            Err(Failed::other(texts.format("paper-unknown", &[("number", written.into())])))
        }
        _ => Err(super::way::other_version()),
    }
}
