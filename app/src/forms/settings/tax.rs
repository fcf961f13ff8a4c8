//! The form of the legal name and the tax number.

use crate::{
    domain::{problem::Problem, terms::settings::TaxSettings, text as texts},
    forms::settings::{
        Fields, Problems,
        limits::{LONGEST_LEGAL_NAME, LONGEST_TAX_NUMBER, too_long},
        put, text,
    },
};

pub const LEGAL_NAME: &str = "legal_name";
pub const TAX_NUMBER: &str = "tax_number";

pub fn read(fields: &Fields) -> Result<TaxSettings, Vec<Problem>> {
    let mut problems = Problems::default();
    let mut line = |name: &'static str, most: usize| {
        let line = texts::single_line(text(fields, name));
        let fits = texts::length(&line) <= most;
        problems.or_default(if fits { Ok(line) } else { Err(too_long(name, most)) })
    };
    let legal_name = line(LEGAL_NAME, LONGEST_LEGAL_NAME);
    let tax_number = line(TAX_NUMBER, LONGEST_TAX_NUMBER);
    problems.result(TaxSettings { legal_name, tax_number })
}

pub fn write(settings: &TaxSettings) -> Fields {
    let mut fields = Fields::new();
    put(&mut fields, LEGAL_NAME, &settings.legal_name);
    put(&mut fields, TAX_NUMBER, &settings.tax_number);
    fields
}
