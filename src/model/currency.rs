//! ISO 4217 currencies and their minor digits. Nothing else in vouch multiplies by a hundred.

use std::fmt;

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// The text names no currency in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an ISO 4217 currency code")]
pub struct CurrencyError(pub String);

/// Minor digits other than two. Source: ISO 4217 list one.
const NO_MINOR_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_MINOR_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
const TWO_MINOR_DIGITS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN \
    BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD \
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    /// The Hong Kong dollar, the currency of the first market.
    pub const HKD: Self = Self { code: *b"HKD", exponent: 2 };
    /// The United States dollar.
    pub const USD: Self = Self { code: *b"USD", exponent: 2 };
    /// The Japanese yen, which has no minor unit.
    pub const JPY: Self = Self { code: *b"JPY", exponent: 0 };

    /// Reads an ISO 4217 code in either case.
    ///
    /// # Errors
    /// The text is not a code in use.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        let wanted = text.trim().to_ascii_uppercase();
        let listed = |list: &str| list.split_whitespace().any(|code| code == wanted);
        let exponent = if listed(TWO_MINOR_DIGITS) {
            2
        } else if listed(NO_MINOR_DIGITS) {
            0
        } else if listed(THREE_MINOR_DIGITS) {
            3
        } else {
            return Err(CurrencyError(text.to_owned()));
        };
        let code = wanted.as_bytes().try_into().map_err(|_| CurrencyError(text.to_owned()))?;
        Ok(Self { code, exponent })
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// How many digits follow the point: 2 for HKD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        self.exponent as u32
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_minor_digits() {
        for (text, exponent) in [("hkd", 2), ("USD", 2), (" jpy ", 0), ("TWD", 2), ("KWD", 3), ("EUR", 2)] {
            assert_eq!(Currency::parse(text).map(Currency::exponent), Ok(exponent), "{text}");
        }
        for text in ["", "HK", "HKDX", "XYZ", "港幣"] {
            assert!(Currency::parse(text).is_err(), "{text}");
        }
        assert_eq!(Currency::parse("HKD"), Ok(Currency::HKD));
    }
}
