//! What no message may hold, whatever it asks: characters that the network does not carry, individual numbers, and
//! resident codes outside the registry leg.
//!
//! The texts of a message are looked at where it is read; the rules that refuse are tried with all others, so a world
//! can switch them off. What was found is named by its place alone: a number is never repeated.
//!
//! Deliberately absent: any correction. Nothing is replaced, folded or normalised on its way.

mod characters;
mod number;

pub(crate) use number::hide;

use crate::{
    network::{
        Audience, Command, Fault, Network,
        rules::{self, form as catalogue},
    },
    text::Text,
};

/// What a message holds that it may not, with the place of the first of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// A character outside the set.
    pub character: Option<(String, char)>,
    /// An individual number.
    pub individual_number: Option<String>,
    /// A number of 11 digits, as resident codes are.
    pub resident_code: Option<String>,
}

impl Found {
    /// Looks at one text, such as that of an element; `place` names it.
    pub fn look(&mut self, text: &str, place: impl Fn() -> String) {
        if self.character.is_none()
            && let Some(character) = characters::first_outside(text)
        {
            self.character = Some((place(), character));
        }
        self.look_for_numbers(text, place);
    }

    /// Looks at a text that is no content, such as a comment.
    pub fn look_for_numbers(&mut self, text: &str, place: impl Fn() -> String) {
        if text.len() < 11 {
            return;
        }
        let (mut individual, mut resident) = (false, false);
        number::each(text, |digits| {
            individual |= number::is_individual_number(digits);
            resident |= number::is_resident_code(digits);
        });
        if individual && self.individual_number.is_none() {
            self.individual_number = Some(place());
        }
        if resident && self.resident_code.is_none() {
            self.resident_code = Some(place());
        }
    }

    /// Looks at the texts of neighbouring elements of one name, over which a number may be split.
    pub fn look_across(&mut self, texts: &[impl AsRef<str>], place: impl Fn() -> String) {
        if self.individual_number.is_none() && number::is_split(texts, number::is_individual_number)
        {
            self.individual_number = Some(place());
        }
        if self.resident_code.is_none() && number::is_split(texts, number::is_resident_code) {
            self.resident_code = Some(place());
        }
    }
}

impl Network {
    /// The rules of the form, over what was found in a message.
    pub(super) fn well_formed(&self, found: &Found, command: &Command) -> Result<(), Fault> {
        let Found {
            character,
            individual_number,
            resident_code,
        } = found;
        if let Some((place, character)) = character {
            self.enforce(&catalogue::CHARACTERS, true, || {
                let point = u32::from(*character);
                Text::new(
                    format!("要素{place}: U+{point:04X}「{character}」"),
                    format!("element {place}: U+{point:04X} '{character}'"),
                )
            })?;
        }
        if let Some(place) = individual_number {
            self.enforce(&catalogue::NO_INDIVIDUAL_NUMBER, true, || {
                rules::about("要素", "element", place)
            })?;
        }
        if let Some(place) = resident_code {
            let on_registry_leg = command.audience() == Audience::Registry;
            self.enforce(
                &catalogue::RESIDENT_CODE_ON_REGISTRY_LEG,
                !on_registry_leg,
                || rules::about("要素", "element", place),
            )?;
        }
        Ok(())
    }
}
