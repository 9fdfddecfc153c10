//! What a page may load, send and be framed by.

/// For all pages: only what is ours, no script or style inside the page.
pub const PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; \
                        script-src 'self'; worker-src 'self'; connect-src 'self'; form-action 'self'; \
                        base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// For the OAuth consent page, whose form is answered by a redirect to an app's own scheme:
/// a `form-action` would stop it there in in-app browsers (quirk 61).
pub const CONSENT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
                           script-src 'self'; connect-src 'self'; \
                           base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
