//! The profile's form, the same on the porch and inside (`templates/parts/profile_form.html`).

use super::form::Form;

/// Multipart. Fields: `display_name`, `note`, `field_name_1`…`field_name_4` with
/// `field_value_1`…, files `avatar` and `header`, and for members `locked`, `bot`,
/// `discoverable` ("1").
#[derive(Debug, Clone)]
pub struct ProfileForm {
    /// What is there (or was typed), and what is wrong with it.
    pub form: Form,
    /// Where it posts to.
    pub action: String,
    /// The avatar as it is.
    pub avatar_url: String,
    /// The header picture as it is; `None` for none.
    pub header_url: Option<String>,
    /// Longest display name, in characters.
    pub name_max: i64,
    /// Longest note, in characters.
    pub note_max: i64,
    /// Number of name and value pairs.
    pub fields: i64,
    /// Largest picture, in words: `4 MB`.
    pub picture_max: String,
    /// Members see the switches for requests, automation and being listed.
    pub switches: bool,
}

impl ProfileForm {
    /// `1..=fields`, for the rows.
    pub fn rows(&self) -> Vec<i64> {
        (1..=self.fields).collect()
    }

    /// The name of a row's label.
    pub fn field_name(&self, row: &i64) -> String {
        format!("field_name_{row}")
    }

    /// The name of a row's value.
    pub fn field_value(&self, row: &i64) -> String {
        format!("field_value_{row}")
    }
}
