//! The smallest pieces of a stylesheet: a declaration, and what one utility declares.

/// One `property: value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) property: String,
    pub(crate) value: String,
}

/// What a utility says, before its variants are put around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) declarations: Vec<Declaration>,
    /// The selector with `&` for the class, when the declarations are not for the element itself.
    pub(crate) selector: Option<&'static str>,
    /// The property by which it is sorted, when its own properties do not say where it belongs.
    pub(crate) sort_as: Option<&'static str>,
    /// The animation that the declarations name.
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

    /// The same declarations for what `selector` reaches from the element.
    pub(crate) fn reaching(self, selector: &'static str, sort_as: &'static str) -> Self {
        Self { selector: Some(selector), sort_as: Some(sort_as), ..self }
    }
}
