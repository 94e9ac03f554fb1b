//! What the operator does with applications and institutions.

use crate::network::{
    Network,
    act::{ActRefused, no_such, refused},
    connection::{ConnectionState, Lapse},
    types::Key,
};

impl Network {
    /// Moves an institution's application from one of some states to another.
    pub(in crate::network) fn move_connection(
        &mut self,
        institution: &str,
        from: &[ConnectionState],
        to: ConnectionState,
    ) -> Result<(), ActRefused> {
        let code = self.institution(institution)?;
        self.connections
            .move_to(&code, from, to)
            .map_err(|state| match state {
                Some(state) => refused(
                    format!("機関「{institution}」は{}です。", state.ja()),
                    format!("the institution '{institution}' is {}", state.as_str()),
                ),
                None => no_such(institution),
            })
    }

    /// Ends an institution, whose work another may take over.
    pub(in crate::network) fn abolish(
        &mut self,
        institution: &str,
        successor: Option<&str>,
    ) -> Result<(), ActRefused> {
        let code = self.institution(institution)?;
        let successor = successor.map(|code| self.institution(code)).transpose()?;
        self.connections.abolish(&code, successor);
        Ok(())
    }

    /// Lets an impact assessment or the filing of an ordinance no longer hold.
    pub(in crate::network) fn lapse(
        &mut self,
        institution: &str,
        task: &str,
        what: Lapse,
    ) -> Result<(), ActRefused> {
        let code = self.institution(institution)?;
        let now = self.schedule.now();
        let key = Key::new(task)
            .filter(|key| self.masters.task(now, key))
            .ok_or_else(|| {
                refused(
                    format!("事務「{task}」はマスターにありません。"),
                    format!("there is no task '{task}' in the masters"),
                )
            })?;
        self.connections.lapse(&code, key, what);
        Ok(())
    }

    /// Holds a peer back at the masters that are in force now, or lets it go on.
    pub(in crate::network) fn hold_peer(
        &mut self,
        institution: &str,
        held: bool,
    ) -> Result<(), ActRefused> {
        let code = self.institution(institution)?;
        let since = held.then(|| self.schedule.now());
        if self.masters.hold(&code, since) {
            return Ok(());
        }
        Err(refused(
            format!("機関「{institution}」は相手先の機関ではありません。"),
            format!("'{institution}' is no peer"),
        ))
    }
}
