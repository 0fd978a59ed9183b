//! Puts what the browser loads into the program: ours from `assets/`, libraries from npm, each under a name that its content
//! gives, plain and gzipped.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What npm brings: the name that pages use, and where it lies.
const LIBRARIES: &[(&str, &str)] = &[
    ("htmx.js", "node_modules/htmx.org/dist/htmx.min.js"),
    ("event-calendar.js", "node_modules/@event-calendar/build/dist/event-calendar.min.js"),
    ("event-calendar.css", "node_modules/@event-calendar/build/dist/event-calendar.min.css"),
    ("uplot.js", "node_modules/uplot/dist/uPlot.iife.min.js"),
    ("uplot.css", "node_modules/uplot/dist/uPlot.min.css"),
];

/// Ours that are loaded as one file: what every page loads, and the calendar. What a part does at once comes after what it needs.
const WHOLES: &[(&str, &[&str])] = &[
    ("app.js", &["form.js", "session.js", "live.js", "shell.js"]),
    ("calendar.js", &["calendar_changes.js", "calendar_booking.js", "calendar.js"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=package-lock.json");
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in fs::read_dir("assets")? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).filter(|name| !is_part(name));
        if let Some(name) = name {
            files.insert(name.to_owned(), path.clone());
        }
    }
    for (name, path) in LIBRARIES {
        println!("cargo::rerun-if-changed={path}");
        if !Path::new(path).is_file() {
            return Err(
                format!("{path} is missing: run bin/setup, or npm ci, which fetch what pages load").into()
            );
        }
        files.insert((*name).to_owned(), PathBuf::from(path));
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for (name, parts) in WHOLES {
        let mut whole = String::new();
        for part in *parts {
            whole.push_str(&fs::read_to_string(Path::new("assets").join(part))?);
        }
        let path = out.join(format!("whole-{name}"));
        fs::write(&path, whole)?;
        files.insert((*name).to_owned(), path);
    }
    let mut table = String::from("[\n");
    for (name, path) in &files {
        let bytes = without_source_map(fs::read(path)?);
        let (stem, kind) = name.rsplit_once('.').ok_or("an asset without a kind")?;
        let mut hash = DefaultHasher::new();
        hash.write(&bytes);
        let url = format!("/assets/{stem}.{:016x}.{kind}", hash.finish());
        let mut gzipped = GzEncoder::new(Vec::new(), Compression::best());
        gzipped.write_all(&bytes)?;
        let (plain_at, gzip_at) = (out.join(name), out.join(format!("{name}.gz")));
        fs::write(&plain_at, &bytes)?;
        fs::write(&gzip_at, gzipped.finish()?)?;
        let (plain, gzipped) = (plain_at.display().to_string(), gzip_at.display().to_string());
        writeln!(
            table,
            "Asset {{ name: {name:?}, url: {url:?}, plain: include_bytes!({plain:?}), gzipped: include_bytes!({gzipped:?}) }},"
        )?;
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn is_part(name: &str) -> bool {
    WHOLES.iter().any(|(_, parts)| parts.contains(&name))
}

/// The maps are not served, and a browser's tools would ask for them.
fn without_source_map(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => match text.rfind("//# sourceMappingURL=") {
            Some(at) if !text[at..].trim_end().contains('\n') => text.into_bytes()[..at].to_vec(),
            _ => text.into_bytes(),
        },
        Err(error) => error.into_bytes(),
    }
}
