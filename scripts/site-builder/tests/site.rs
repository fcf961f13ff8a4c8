//! A site is put together from its parts, and a failed build leaves the old site in place.

#![allow(clippy::unwrap_used, reason = "a broken expectation is how a test fails")]

use site_builder::{Bundle, Site, SiteError, Summary};
use std::{fs, path::Path};

struct Parts(tempfile::TempDir);

impl Parts {
    fn new() -> Self {
        let parts = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(parts.path("public/pictures")).unwrap();
        fs::write(parts.path("public/pictures/soup.svg"), "<svg>".repeat(100)).unwrap();
        fs::write(parts.path("public/dot.png"), [0x89]).unwrap();
        fs::write(parts.path("sheet.css"), format!("a{{content:'{}'}}", "soup".repeat(50))).unwrap();
        parts
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn build(&self, bundles: &[Bundle], optimize: bool) -> Result<Summary, SiteError> {
        let (public, stylesheet) = (self.path("public"), self.path("sheet.css"));
        Site { public: &public, stylesheet: &stylesheet, bundles, guest_scripts: &[], optimize }
            .build(&self.path("site"))
    }
}

fn unpacked(file: &Path) -> Vec<u8> {
    let mut content = Vec::new();
    brotli::BrotliDecompress(&mut fs::read(file).unwrap().as_slice(), &mut content).unwrap();
    content
}

#[test]
fn parts_are_copied_and_compressed() {
    let parts = Parts::new();
    fs::create_dir(parts.path("site")).unwrap();
    fs::write(parts.path("site/of-an-old-build.js"), "").unwrap();
    assert_eq!(parts.build(&[], true).unwrap(), Summary { files: 3, compressed: 2 });
    assert_eq!(unpacked(&parts.path("site/pkg/toast.css.br")), fs::read(parts.path("site/pkg/toast.css")).unwrap());
    let soup = fs::read(parts.path("public/pictures/soup.svg")).unwrap();
    assert_eq!(fs::read(parts.path("site/pictures/soup.svg")).unwrap(), soup);
    assert_eq!(unpacked(&parts.path("site/pictures/soup.svg.br")), soup);
    assert!(parts.path("site/dot.png").exists());
    assert!(!parts.path("site/dot.png.br").exists(), "it would be larger");
    assert!(!parts.path("site/of-an-old-build.js").exists());
    assert!(!parts.path("site.new").exists());
}

#[test]
fn an_unoptimized_site_has_no_compressed_files() {
    let parts = Parts::new();
    assert_eq!(parts.build(&[], false).unwrap(), Summary { files: 3, compressed: 0 });
    assert!(!parts.path("site/pkg/toast.css.br").exists());
}

#[test]
fn a_failed_build_leaves_the_old_site() {
    let parts = Parts::new();
    parts.build(&[], true).unwrap();
    fs::write(parts.path("broken.wasm"), "no module").unwrap();
    let bundle = format!("toast={}", parts.path("broken.wasm").display()).parse().unwrap();
    let error = parts.build(&[bundle], true).unwrap_err();
    assert!(error.to_string().contains("broken.wasm"), "{error}");
    assert!(parts.path("site/pkg/toast.css").exists());
}

#[test]
fn guest_scripts_become_one_in_order() {
    let parts = Parts::new();
    fs::write(parts.path("first.js"), "const soup = () => \"soup\";\n").unwrap();
    fs::write(parts.path("second.js"), "document.title = soup();\n").unwrap();
    let (public, stylesheet) = (parts.path("public"), parts.path("sheet.css"));
    let scripts = ["first.js", "second.js"].map(|name| parts.path(name));
    let site =
        Site { public: &public, stylesheet: &stylesheet, bundles: &[], guest_scripts: &scripts, optimize: false };
    site.build(&parts.path("site")).unwrap();
    let script = fs::read_to_string(parts.path("site/pkg/guest.js")).unwrap();
    assert!(script.find("const soup").unwrap() < script.find("document.title").unwrap(), "{script}");
    assert!(script.starts_with("(() => {") && script.ends_with("})();\n"), "{script}");
}
