//! What words beside amounts mean, and which words are near a label and none.

use super::*;

#[test]
fn labels_in_the_languages_of_the_regions() {
    for (text, label, strength) in [
        ("TOTAL ROUNDED", Label::Total, 4),
        ("Grand Total :", Label::Total, 4),
        ("Total Sales (Inclusive of GST) :", Label::Total, 3),
        ("Total Incl. GST @ 6%", Label::Total, 3),
        ("Tatal", Label::Total, 2),
        ("Total Sales (Excluding GST)", Label::Subtotal, 0),
        ("Sub-Total", Label::Subtotal, 0),
        ("SUBTOTAL(EX)", Label::Subtotal, 0),
        ("小 計", Label::Subtotal, 0),
        ("Total GST", Label::Tax, 0),
        ("GST @6%", Label::Tax, 0),
        ("Rounding Adj", Label::Rounding, 0),
        ("Service Charge 10%", Label::Service, 0),
        ("加一服務費", Label::Service, 0),
        ("Cash Received", Label::Paid, 0),
        ("八達通 Octopus", Label::Paid, 0),
        ("Octopus remaining value 餘額", Label::Other, 0),
        ("找續 Change", Label::Change, 0),
        ("應付金額", Label::Total, 4),
        ("合計", Label::Total, 3),
        ("Jumlah", Label::Total, 2),
        ("Total Qty", Label::Other, 0),
        ("Total discount", Label::Discount, 0),
        ("Special Offer", Label::Discount, 0),
        ("GST Summary", Label::Summary, 0),
        ("Item Total", Label::Subtotal, 0),
        ("Zw.-Summe", Label::Subtotal, 0),
        ("Nettobetrag", Label::Subtotal, 0),
        ("TOTAL HT", Label::Subtotal, 0),
        ("19% MwSt.", Label::Tax, 0),
        ("MONTANT TTC", Label::Total, 3),
        ("ZU ZAHLEN", Label::Total, 4),
        ("Te betalen", Label::Total, 4),
        ("TOTAL GERAL", Label::Total, 4),
        ("SUMME", Label::Total, 2),
        ("Rückgeld BAR", Label::Change, 0),
        ("RENDU MONNAIE", Label::Change, 0),
        ("Reçu espèces", Label::Paid, 0),
        ("Bon d'achat", Label::Discount, 0),
        ("Desconto", Label::Discount, 0),
        ("原价合计", Label::Subtotal, 0),
        ("舍零", Label::Rounding, 0),
        ("Total HT", Label::Subtotal, 0),
        ("Total T.T.C.", Label::Total, 3),
        ("Net à payer", Label::Total, 4),
        ("Summe netto", Label::Subtotal, 0),
        ("zzgl. 19 % MwSt.", Label::Tax, 0),
        ("Gesamtbetrag", Label::Total, 3),
        ("Total a pagar", Label::Total, 4),
        ("Imponibile", Label::Subtotal, 0),
        ("Do zapłaty", Label::Total, 4),
        ("Summa att betala", Label::Total, 4),
        ("Totaal excl. BTW", Label::Subtotal, 0),
        ("Jumlah Perlu Dibayar", Label::Total, 4),
        ("上期結餘 Previous Balance", Label::Other, 0),
        ("本期應繳金額", Label::Total, 4),
        ("税抜合計", Label::Subtotal, 0),
        ("不含税金额", Label::Subtotal, 0),
    ] {
        assert_eq!(meaning_of(&Said::of(text)), Some(Meaning { label, strength }), "{text}");
    }
    for text in ["Montant du prélèvement", "Summer roll", "Goods must be returned", "Vendu par"] {
        assert_eq!(meaning_of(&Said::of(text)), None, "{text}");
    }
    for text in ["", "Chicken rice", "12.30", "Jalan Total1y", "A4 paper", "Summary", "Imported beer"] {
        assert_eq!(meaning_of(&Said::of(text)).filter(|meaning| meaning.strength != 2), None, "{text}");
    }
    assert_eq!(meaning_of(&Said::of("Chicken rice")), None);
}
