//! Undoes compression, recognised by its magic bytes and stopped at the first limit, never after it.

use std::io::{self, Read};

use crate::evidence::intake::fault::Fault;
use crate::evidence::{Compression, Limit, Limits};

/// Bytes that must have come out before the ratio is judged.
const RATIO_FROM: u64 = 1024 * 1024;
/// What an xz stream may ask for: its strongest preset needs 65 MiB.
const XZ_MEMORY: u64 = 160 * 1024 * 1024;
/// `LZMA_CONCATENATED`: several streams in one file are one document.
const XZ_CONCATENATED: u32 = 0x08;
/// Largest window a zstd stream may ask for, as a power of two: 128 MiB.
const ZSTD_WINDOW: u32 = 27;

/// What the first bytes say the file is packed in.
pub(super) fn sniff(bytes: &[u8]) -> Option<Compression> {
    match bytes {
        [0x1f, 0x8b, 0x08, ..] => Some(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Compression::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Some(Compression::Xz),
        [b'P', b'K', 0x03, 0x04, ..] | [b'P', b'K', 0x05, 0x06, ..] => Some(Compression::Zip),
        _ => None,
    }
}

/// The name of a compression as a reader knows it.
pub(super) const fn word(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "gzip stream",
        Compression::Zstd => "zstd stream",
        Compression::Bzip2 => "bzip2 stream",
        Compression::Xz => "xz stream",
        Compression::Zip => "zip archive",
    }
}

/// Opens a compressed stream; a zip archive is no stream and has its own reader.
pub(super) fn stream(bytes: &[u8], compression: Compression) -> io::Result<Box<dyn Read + '_>> {
    Ok(match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(bytes)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
        Compression::Xz => {
            let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, XZ_CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(bytes, stream))
        }
        Compression::Zip => return Err(io::Error::other("an archive is no stream")),
    })
}

/// How much may come out of one reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Bytes that may come out.
    pub(super) bytes: u64,
    /// Which limit that is.
    pub(super) limit: Limit,
    /// Bytes that went in, for the ratio; `None` when nothing was compressed.
    pub(super) packed: Option<u64>,
    /// Bytes out per byte in.
    pub(super) ratio: u32,
}

impl Budget {
    /// For one document unpacked from `packed` bytes.
    pub(super) const fn document(limits: &Limits, packed: u64) -> Self {
        Self {
            bytes: limits.document_bytes,
            limit: Limit::DocumentBytes,
            packed: Some(packed),
            ratio: limits.ratio,
        }
    }

    /// For all of an archive unpacked from `packed` bytes.
    pub(super) const fn archive(limits: &Limits, packed: u64) -> Self {
        Self {
            bytes: limits.archive_bytes,
            limit: Limit::ArchiveBytes,
            packed: Some(packed),
            ratio: limits.ratio,
        }
    }

    /// The limit that `out` bytes exceed, if they do.
    pub(super) fn exceeded(&self, out: u64) -> Option<Limit> {
        if out > self.bytes {
            return Some(self.limit);
        }
        let packed = self.packed?;
        let most = packed.saturating_mul(u64::from(self.ratio)).max(RATIO_FROM);
        (out > most).then_some(Limit::Ratio)
    }
}

/// Appends what `reader` yields to `out` until its end or until the budget is spent.
///
/// On a spent budget `out` holds what was read until then, at most one buffer over.
pub(super) fn read_to_end(
    reader: &mut dyn Read,
    budget: Budget,
    out: &mut Vec<u8>,
    what: &str,
) -> Result<(), Fault> {
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Fault::damaged(what, &error)),
        };
        out.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if let Some(limit) = budget.exceeded(out.len() as u64) {
            return Err(Fault::Over(limit));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(bytes: &[u8], limits: &Limits) -> (Result<(), Fault>, Vec<u8>) {
        let compression = sniff(bytes).unwrap();
        let mut out = Vec::new();
        let mut reader = stream(bytes, compression).unwrap();
        let budget = Budget::document(limits, bytes.len() as u64);
        (read_to_end(&mut reader, budget, &mut out, word(compression)), out)
    }

    #[test]
    fn a_bomb_stops_at_the_ratio_and_not_at_its_end() {
        let bomb = gzip(&vec![0_u8; 64 * 1024 * 1024]);

        let (result, out) = unpack(&bomb, &Limits::default());

        assert_eq!(result, Err(Fault::Over(Limit::Ratio)));
        assert!(out.len() < 200 * bomb.len() + 128 * 1024, "{} bytes came out", out.len());
    }

    #[test]
    fn a_stream_stops_at_the_size_limit() {
        let limits = Limits { document_bytes: 1000, ..Limits::default() };

        assert_eq!(unpack(&gzip(&[b'x'; 1001]), &limits).0, Err(Fault::Over(Limit::DocumentBytes)));
        assert_eq!(unpack(&gzip(&[b'x'; 1000]), &limits).0, Ok(()));
    }

    #[test]
    fn a_small_document_may_compress_well() {
        assert_eq!(unpack(&gzip(&[b' '; 1_000_000]), &Limits::default()).0, Ok(()));
    }

    #[test]
    fn a_cut_stream_is_damaged() {
        let whole = gzip(&(0..=255_u8).cycle().take(100_000).collect::<Vec<_>>());

        let (result, _) = unpack(&whole[..whole.len() - 20], &Limits::default());

        assert!(matches!(result, Err(Fault::Bad(error)) if error.code == "damaged"));
    }
}
