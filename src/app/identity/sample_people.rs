//! The people of the sample organisation: one for each way of looking at it.

use crate::app::identity::person::{NewEngagement, NewPerson};
use crate::app::identity::{Person, Role};
use crate::app::{App, Error};

/// Name, address and role; the first is who the page offers first.
const PEOPLE: [(&str, &str, Role); 4] = [
    ("Maya Lindqvist", "maya.lindqvist@northwind.example", Role::Officer),
    ("Jonas Weber", "jonas.weber@northwind.example", Role::Administrator),
    ("Priya Nair", "priya.nair@northwind.example", Role::Contributor),
    ("Tomás Ferreira", "tomas.ferreira@northwind.example", Role::Auditor),
];

/// Remembers that they were added: who was removed by hand does not come back.
const ADDED: &str = "sample_people";

impl App {
    /// Adds the sample's people, once.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::app) async fn sample_people_add(&self) -> Result<(), Error> {
        if self.store.setting_get(ADDED).await?.is_some() {
            return Ok(());
        }
        let now = self.now();
        let engagement = NewEngagement {
            name: format!("PCI DSS 4.0.1 · {}", &now.to_date()[..4]),
            frameworks: vec!["pci-dss-4.0.1".to_owned()],
            from: now.plus_days(-365),
            // an audit in progress: what is found today lies in its period
            to: now.plus_days(40),
            time_zone: "UTC".to_owned(),
        };
        let engagement = self.engagement_add(&engagement).await?;
        for (name, email, role) in PEOPLE {
            // some are there when an earlier start was cut off between them
            if self.store.person_by_email(email).await?.is_some() {
                continue;
            }
            let engagement = (role == Role::Auditor).then_some(engagement);
            let new = NewPerson { email: email.to_owned(), name: name.to_owned(), role, engagement };
            self.person_add(&new).await?;
        }
        Ok(self.store.setting_put(ADDED, &now.to_rfc3339()).await?)
    }

    /// The sample's people who may still come in, in the order in which they are offered.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn sample_people(&self) -> Result<Vec<Person>, Error> {
        let mut found = Vec::new();
        for (_, email, _) in PEOPLE {
            if let Some(row) = self.store.person_by_email(email).await? {
                found.push(Person::try_from(row)?);
            }
        }
        found.retain(|person| !person.disabled);
        Ok(found)
    }
}
