"""The words that a document prints, in each language it can be printed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Every printed word of one language; names in braces are filled in by the caller."""

    invoice: str
    credit_note: str
    receipt: str
    issued: str
    due: str
    your_reference: str
    against_invoice: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    discount: str
    discount_of: str
    subtotal: str
    tax: str
    vat: str
    vat_short: str
    tax_on: str
    total: str
    paid: str
    credited: str
    amount_due: str
    payable_to: str
    nothing_due: str
    pay_online: str
    account_holder: str
    bank_details: str
    payment_code: str
    payment_reference: str
    vat_id: str
    tax_id: str
    page: str
    payment_received: str
    keep: str
    paid_at: str
    paid_at_time: str
    method: str
    received_from: str
    for_invoice: str
    unapplied: str
    surcharge: str
    paid_back: str
    amount_paid: str
    received_by: str
    amount_credited: str
    credited_to: str
    nothing_to_pay: str
    genuine: str
    genuine_code: str


ENGLISH = Words(
    invoice="Invoice",
    credit_note="Credit note",
    receipt="Receipt",
    issued="Issued",
    due="Due",
    your_reference="Your reference",
    against_invoice="Corrects invoice",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    amount="Amount",
    discount="Discount",
    discount_of="Discount {rate}",
    subtotal="Subtotal",
    tax="Tax",
    vat="VAT",
    vat_short="VAT",
    tax_on="{tax} {rate} on {base}",
    total="Total",
    paid="Already paid",
    credited="Credited",
    amount_due="Amount due",
    payable_to="to {business} by {date}",
    nothing_due="Nothing is left to pay.",
    pay_online="Pay online",
    account_holder="Account holder",
    bank_details="Bank details",
    payment_code="Payment code",
    payment_reference="Reference",
    vat_id="VAT ID",
    tax_id="Tax ID",
    page="Page {page} of {pages}",
    payment_received="Payment received, with thanks.",
    keep="Keep this counterfoil",
    paid_at="Paid on",
    paid_at_time="{date}, {time}",
    method="Paid with",
    received_from="Received from",
    for_invoice="Invoice {number}",
    unapplied="Kept as credit for you",
    surcharge="Fee for paying this way",
    paid_back="Paid back to you",
    amount_paid="Amount paid",
    received_by="received by {business}",
    amount_credited="Amount credited",
    credited_to="to {customer} by {business}",
    nothing_to_pay="There is nothing to pay.",
    genuine="Is this document genuine? Ask here:",
    genuine_code="Code that opens the page on which this document is checked",
)

GERMAN = Words(
    invoice="Rechnung",
    credit_note="Gutschrift",
    receipt="Zahlungsbeleg",
    issued="Ausgestellt am",
    due="Fällig am",
    your_reference="Ihr Zeichen",
    against_invoice="Zu Rechnung",
    description="Beschreibung",
    quantity="Menge",
    unit_price="Einzelpreis",
    amount="Betrag",
    discount="Rabatt",
    discount_of="Rabatt {rate}",
    subtotal="Zwischensumme",
    tax="Steuer",
    vat="USt.",
    vat_short="USt.",
    tax_on="{tax} {rate} auf {base}",
    total="Gesamtbetrag",
    paid="Bereits bezahlt",
    credited="Gutgeschrieben",
    amount_due="Zu zahlen",
    payable_to="an {business} bis {date}",
    nothing_due="Es ist nichts mehr zu zahlen.",
    pay_online="Online zahlen",
    account_holder="Kontoinhaber",
    bank_details="Bankverbindung",
    payment_code="Zahlungscode",
    payment_reference="Verwendungszweck",
    vat_id="USt-IdNr.",
    tax_id="Steuernummer",
    page="Seite {page} von {pages}",
    payment_received="Zahlung dankend erhalten.",
    keep="Diesen Abschnitt aufbewahren",
    paid_at="Bezahlt am",
    paid_at_time="{date}, {time} Uhr",
    method="Bezahlt mit",
    received_from="Gezahlt von",
    for_invoice="Rechnung {number}",
    unapplied="Als Guthaben verwahrt",
    surcharge="Gebühr für diese Zahlungsart",
    paid_back="Ihnen erstattet",
    amount_paid="Bezahlter Betrag",
    received_by="erhalten von {business}",
    amount_credited="Gutgeschriebener Betrag",
    credited_to="an {customer} von {business}",
    nothing_to_pay="Es ist nichts zu zahlen.",
    genuine="Ist dieses Dokument echt? Hier prüfen:",
    genuine_code="Code zur Seite, auf der dieses Dokument geprüft wird",
)

ARABIC = Words(
    invoice="فاتورة",
    credit_note="إشعار دائن",
    receipt="إيصال",
    issued="تاريخ الإصدار",
    due="تاريخ الاستحقاق",
    your_reference="مرجعكم",
    against_invoice="يصحح الفاتورة",
    description="الوصف",
    quantity="الكمية",
    unit_price="سعر الوحدة",
    amount="المبلغ",
    discount="خصم",
    discount_of="خصم {rate}",
    subtotal="المجموع الفرعي",
    tax="الضريبة",
    vat="ضريبة القيمة المضافة",
    vat_short="الضريبة",
    tax_on="{tax} {rate} على {base}",
    total="الإجمالي",
    paid="المدفوع سابقًا",
    credited="المقيّد لكم",
    amount_due="المبلغ المستحق",
    payable_to="إلى {business} في موعد أقصاه {date}",
    nothing_due="لم يبقَ شيء للدفع.",
    pay_online="الدفع عبر الإنترنت",
    account_holder="صاحب الحساب",
    bank_details="البيانات المصرفية",
    payment_code="رمز الدفع",
    payment_reference="مرجع الدفع",
    vat_id="الرقم الضريبي",
    tax_id="الرقم الضريبي",
    page="صفحة {page} من {pages}",
    payment_received="تم استلام الدفعة مع الشكر.",
    keep="احتفظوا بهذا الجزء",
    paid_at="تاريخ الدفع",
    paid_at_time="{date}، {time}",
    method="طريقة الدفع",
    received_from="استُلم من",
    for_invoice="الفاتورة {number}",
    unapplied="محفوظ رصيدًا لكم",
    surcharge="رسم الدفع بهذه الطريقة",
    paid_back="أُعيد إليكم",
    amount_paid="المبلغ المدفوع",
    received_by="استلمته {business}",
    amount_credited="المبلغ المقيّد لكم",
    credited_to="إلى {customer} من {business}",
    nothing_to_pay="لا شيء للدفع.",
    genuine="هل هذا المستند أصلي؟ تحققوا هنا:",
    genuine_code="رمز يفتح صفحة التحقق من هذا المستند",
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "ar": ARABIC}
