//! What an error is in HTTP: said once, for every door.

use actix_web::http::StatusCode;

use crate::domain::Error;

/// The status that goes with an error, on the web and in the API alike.
pub fn of(error: &Error) -> StatusCode {
    match error {
        Error::BadRequest(_) => StatusCode::BAD_REQUEST,
        Error::SignIn(_) => StatusCode::UNAUTHORIZED,
        Error::Denied(_) | Error::Closed(_) => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Gone => StatusCode::GONE,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Error::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
