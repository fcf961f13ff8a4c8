//! Declarations, and the body of a utility.

/// A `property: value` pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) property: String,
    pub(crate) value: String,
}

/// Declarations of a utility, without its variants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) declarations: Vec<Declaration>,
    /// The selector with `&` for the class, when the declarations are not for the element itself.
    pub(crate) selector: Option<&'static str>,
    /// The property to sort by, when it differs from the declared ones.
    pub(crate) sort_as: Option<&'static str>,
    pub(crate) keyframes: Option<&'static str>,
}

impl Body {
    /// A body of these declarations for the element itself.
    pub(crate) fn of<P: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (P, V)>) -> Self {
        let declarations = pairs
            .into_iter()
            .map(|(property, value)| Declaration { property: property.into(), value: value.into() })
            .collect();
        Self { declarations, ..Self::default() }
    }

    /// The same value for several properties.
    pub(crate) fn each(properties: &[&str], value: &str) -> Self {
        Self::of(properties.iter().map(|property| (*property, value)))
    }

    /// The same declarations for the elements that `selector` matches from the element.
    pub(crate) fn reaching(self, selector: &'static str, sort_as: &'static str) -> Self {
        Self { selector: Some(selector), sort_as: Some(sort_as), ..self }
    }
}
