//! The certificates of those who may vouch for a server (feature `tls-rustls`).

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{Error, Result};

/// The certificates of a file (PEM).
pub(super) fn of_file(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Error::invalid(format!("the certificates of `{}` cannot be read: {error}", file.display())))?;
    usable(certificates).ok_or_else(|| Error::invalid(format!("there is no certificate in `{}`", file.display())))
}

/// The certificates that the operating system trusts.
pub(super) fn of_system() -> Result<Vec<CertificateDer<'static>>> {
    usable(rustls_native_certs::load_native_certs().certs).ok_or_else(|| {
        Error::invalid("the system knows no certificate authorities; name a file of their certificates by `tls_ca`")
    })
}

/// Those that rustls can use; nothing where there are none.
fn usable(certificates: Vec<CertificateDer<'static>>) -> Option<Vec<CertificateDer<'static>>> {
    let mut store = RootCertStore::empty();
    let usable: Vec<_> = certificates.into_iter().filter(|it| store.add(it.clone()).is_ok()).collect();
    if usable.is_empty() { None } else { Some(usable) }
}
