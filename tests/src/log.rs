use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan};

/// Everything that this process logs from now on.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens to what is at least of this level; one for a process.
    ///
    /// # Errors
    /// Somebody listens already.
    pub fn listen(level: LevelFilter) -> anyhow::Result<Self> {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().with_max_level(level).with_ansi(false);
        let lines = lines.with_span_events(FmtSpan::FULL).with_writer(move || writer.clone());
        lines.try_init().map_err(anyhow::Error::msg)?;
        Ok(log)
    }

    /// What was logged so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
