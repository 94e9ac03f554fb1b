//! Acquisition numbers and the notifications that name them.

use super::{Acquisition, Codes, Notification, Stage};
use crate::network::{
    moment::Moment,
    types::{AcquisitionNumber, InstitutionCode, NotificationNumber},
};

impl Codes {
    pub(in crate::network::code) fn acquisition(
        &self,
        number: &AcquisitionNumber,
    ) -> Option<&Acquisition> {
        self.acquisitions.get(number)
    }

    pub(in crate::network::code) fn acquisition_mut(
        &mut self,
        number: &AcquisitionNumber,
    ) -> Option<&mut Acquisition> {
        self.acquisitions.get_mut(number)
    }

    /// Issues the next acquisition number.
    pub(in crate::network::code) fn issue_acquisition(
        &mut self,
        acquisition: Acquisition,
    ) -> AcquisitionNumber {
        self.acquisitions_issued += 1;
        let number = AcquisitionNumber::numbered(self.acquisitions_issued);
        self.acquisitions.insert(number.clone(), acquisition);
        number
    }

    /// Erases an acquisition number and all notifications that name it.
    pub(in crate::network::code) fn erase(&mut self, number: &AcquisitionNumber) {
        if let Some(acquisition) = self.acquisitions.remove(number) {
            for notification in acquisition.notified {
                self.notifications
                    .remove(&(acquisition.institution.clone(), notification));
            }
        }
    }

    /// Tells the institution what became of an acquisition, unless it was erased since.
    pub(in crate::network::code) fn deliver(&mut self, at: Moment, number: &AcquisitionNumber) {
        if let Some(acquisition) = self.acquisitions.get_mut(number) {
            acquisition.stage = match acquisition.stage {
                Stage::Sent(person) => Stage::Notified(person),
                Stage::Failing(failure) => Stage::Failed(failure),
                // The same notification once more.
                stage @ (Stage::Requested | Stage::Notified(_) | Stage::Failed(_)) => stage,
            };
            self.notify(at, number);
        }
    }

    /// Puts a notification behind those that the institution has.
    fn notify(&mut self, at: Moment, number: &AcquisitionNumber) {
        self.notifications_sent += 1;
        let notification = NotificationNumber::numbered(self.notifications_sent);
        if let Some(acquisition) = self.acquisitions.get_mut(number) {
            acquisition.notified.push(notification.clone());
            let key = (acquisition.institution.clone(), notification);
            let acquisition = number.clone();
            self.notifications
                .insert(key, Notification { at, acquisition });
        }
    }

    /// The institution's notifications behind one, oldest first.
    pub(in crate::network::code) fn notifications<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        after: Option<&NotificationNumber>,
    ) -> impl Iterator<Item = (&'a NotificationNumber, &'a Notification)> {
        let after = after
            .cloned()
            .unwrap_or_else(|| NotificationNumber::numbered(0));
        self.notifications
            .range((institution.clone(), after.clone())..)
            .take_while(move |((of, _), _)| of == institution)
            .filter(move |((_, number), _)| *number > after)
            .map(|((_, number), notification)| (number, notification))
    }
}
