//! What an expense was for; each company maps a category to one of its accounts.

/// What an expense was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Meals and entertainment.
    Meals,
    /// Flights, hotels, long journeys.
    Travel,
    /// Taxis, trains, parking.
    Transport,
    /// Stationery and supplies.
    Office,
    /// Software and subscriptions.
    Software,
    /// Electricity, water, telephone.
    Utilities,
    /// Rent of premises or equipment.
    Rent,
    /// Couriers and freight.
    Freight,
    /// Legal, audit, consulting.
    Professional,
    /// Repairs and maintenance.
    Repairs,
    /// Anything else.
    Other,
}

impl Category {
    /// Every category, in the order people choose from.
    pub const ALL: [Self; 11] = [
        Self::Meals,
        Self::Travel,
        Self::Transport,
        Self::Office,
        Self::Software,
        Self::Utilities,
        Self::Rent,
        Self::Freight,
        Self::Professional,
        Self::Repairs,
        Self::Other,
    ];

    /// The name in JSON, tables and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meals => "meals",
            Self::Travel => "travel",
            Self::Transport => "transport",
            Self::Office => "office",
            Self::Software => "software",
            Self::Utilities => "utilities",
            Self::Rent => "rent",
            Self::Freight => "freight",
            Self::Professional => "professional",
            Self::Repairs => "repairs",
            Self::Other => "other",
        }
    }

    /// The category with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}
