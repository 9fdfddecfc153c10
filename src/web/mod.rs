//! Server-rendered pages; each file has its template at the same path under `templates/`.
