# The words of vouch in English. `$n` is a count, `$text` a name. The three files have the same keys in the same order.

## Frame
nav-skip = Skip to content
nav-places = Pages
nav-documents = Documents
nav-approve = To approve
nav-connections = Connections
nav-people = People
nav-policy = Policy
nav-history = History
nav-account = Account of { $text }

## Signing in
sign-in-title = Sign in to vouch
sign-in-about = Receipts and supplier invoices: read, checked, approved and posted once.
action-sign-in = Sign in
action-sign-out = Sign out

## Uploading
upload-title = Drop receipts here, choose files, or take a photo
upload-title-phone = Take a photo of a receipt, or choose files
upload-about = JPEG, PNG, TIFF, WebP or PDF, up to { $n } MB each. Many at once is fine.
upload-choose = Choose files
upload-photo = Take a photo
upload-send = Upload
upload-waiting = Waiting
upload-sending = Uploading
upload-done = Received
upload-duplicate = Already here
upload-failed = The upload did not arrive. Check the connection and try again.
upload-open = Open
upload-again = Try again

## The list
list-count = { $n ->
    [one] { $n } document
   *[other] { $n } documents
}
list-pages = Documents before and after
list-previous = Previous
list-next = Next
filter-title = Filter
filter-scope = Show
filter-any = Any
filter-from = From
filter-to = To
filter-ledger = Ledger
filter-apply = Apply
filter-clear = Clear filters
scope-all = All documents
scope-mine = Mine
scope-approve = To approve
empty-all = No documents yet
empty-all-next = Add the first receipt above. It is read within seconds and shows up here.
empty-filter = Nothing matches these filters
empty-approve = Nothing waits for your approval
empty-approve-next = New requests appear here as soon as they have been checked.
findings-count = { $n ->
    [one] { $n } finding
   *[other] { $n } findings
}

## A document
document-state = State
document-date = Date
document-kind = Kind
document-category = Category
document-destination = Goes to
document-findings = Findings
document-picture = Picture of the document
document-page = Page { $n }
document-pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
document-no-picture = There is no picture of this file. You can still download the original.
document-zoom = Enlarge
document-original = Original
document-previous = Previous document
document-next = Next document
destination-none = Not chosen
date-shape = YYYY-MM-DD
finding-rule = Rule
group-supplier = Supplier
group-paper = Document
group-amounts = Amounts
mark-accepted = Sure
mark-look = Please look
mark-missing = Missing
source-person = Entered by a person
source-pdf_text = Text of the PDF
source-tesseract = Read from the picture
items-title = Items
items-description = Description
items-quantity = Quantity
items-price = Unit price
items-amount = Amount
duplicate-title = Perhaps a second copy
duplicate-this = This document
posting-title = Ledger entry
posting-ledger = Ledger
posting-reference = Reference
posting-total = Total as posted
posting-attachment = Picture
posting-open = Open in { $text }
attachment-waiting = Not attached yet
attachment-attached = Attached
attachment-failed = Could not be attached
reason-unreadable = Why it could not be read
reason-rejected = Reason for rejection
reason-posting_blocked = Why it is not posted
reason-needs_review = What to look at
history-title = History
history-by-rule = vouch
history-empty = Nothing has happened yet

## States
state-received = Received
state-reading = Reading
state-unreadable = Unreadable
state-needs_review = Needs review
state-checking = Checking
state-awaiting_approval = Awaiting approval
state-approved = Approved
state-posting = Posting
state-posting_blocked = Posting blocked
state-posted = Posted
state-rejected = Rejected

## Kinds of paper
kind-receipt = Receipt
kind-invoice = Invoice
kind-credit_note = Credit note
kind-unknown = Not decided

## Categories
category-later = Choose later
category-none = Not chosen
category-meals = Meals and entertainment
category-travel = Travel
category-transport = Local transport
category-office = Office supplies
category-software = Software and subscriptions
category-utilities = Utilities and telephone
category-rent = Rent
category-freight = Freight and courier
category-professional = Professional fees
category-repairs = Repairs and maintenance
category-other = Other

## Fields
field-supplier_name = Supplier
field-supplier_address = Address
field-supplier_tax_id = Tax or registration no.
field-document_number = Document no.
field-issue_date = Date
field-due_date = Due date
field-currency = Currency
field-subtotal = Subtotal
field-tax = Tax
field-service_charge = Service charge
field-rounding = Rounding
field-discount = Discount
field-total = Total
field-amount_paid = Amount paid
field-payment_method = Paid by

## Ways of paying
payment-cash = Cash
payment-card = Card
payment-octopus = Octopus
payment-fps = FPS
payment-alipay = Alipay
payment-wechat_pay = WeChat Pay
payment-bank_transfer = Bank transfer
payment-cheque = Cheque

## Findings
severity-block = Must be mended
severity-flag = Please look
severity-info = Worth knowing
rule-A1 = The items do not add up to the subtotal
rule-A2 = The amounts do not add up to the total
rule-A3 = Quantity times price is not the item's amount
rule-A6 = The amount in words differs from the figures
rule-X2 = The tax rate is not one of this place
rule-V1 = The e-invoice breaks a rule of its standard
rule-A7 = The machine-readable part and the page differ
rule-A9 = The total is not an expense
rule-A10 = The amount does not fit its currency
rule-D1 = The same file is already here
rule-D4 = Same supplier, date and total as another document
rule-D5 = Very much like another document
rule-E1 = Cannot become a ledger entry as it is
rule-I4 = May not be a receipt or an invoice
rule-M1 = A needed field is missing
rule-P1 = Above the limit of its category
rule-Q1 = Values that are not sure
rule-Q2 = Two readings differ
rule-Q3 = The picture is hard to read
rule-T0 = The date can be read in two ways
rule-T1 = The date is in the future
rule-T2 = The date is too long ago
rule-X1 = Tax where none is charged

## Actions
action-title = What can be done
action-correct = Save changes
action-submit = Save and submit
action-approve = Approve
action-reject = Reject
action-reject-confirm = Reject it
action-keep = Keep both: it is no copy
action-reread = Read again
action-retry = Post again
action-save = Save
action-connect = Connect { $text }
action-disconnect = Disconnect
action-sync = Sync now
action-save-mapping = Save accounts
action-add-person = Add person
action-disable = Disable
action-enable = Enable
reject-reason = Reason, for the person who submitted it

## What happened
event-uploaded = Uploaded
event-read_failed = Could not be read
event-read_again = To be read again
event-posting_retried = To be posted again
event-received = Received
event-duplicate = The same file arrived again
event-reading = Reading began
event-read = Read
event-unreadable = Could not be read
event-corrected = Corrected
event-submitted = Submitted
event-checked = Checked
event-routed = Sent for approval
event-needs_review = Sent for review
event-approved = Approved
event-rejected = Rejected
event-kept = Kept as no copy
event-reread = To be read again
event-posting = Posting began
event-posted = Posted
event-posting_blocked = Posting was refused
event-attached = Picture attached
event-retried = To be posted again
event-drifted = Changed in the ledger
event-synced = Ledger synced
event-connected = Ledger connected
event-disconnected = Ledger disconnected
event-mapped = Accounts assigned
event-policy_changed = Policy changed
event-person_added = Person added
event-person_changed = Person changed
event-signed_in = Signed in

## Keys
help-title = Keys
help-step = Next or previous document
help-edit = First field to look at
help-approve = Approve
help-reject = Reject, with a reason
help-zoom = Enlarge the picture
help-help = This list
help-close = Close

## Connections
connections-empty = No ledger is connected yet
connections-empty-next = Connect QuickBooks or Xero. Approved documents are posted there with their picture.
connection-connected = Connected
connection-consent_needed = Needs consent again
connection-disconnected = Disconnected
connection-synced = synced { $text }
connection-expires = consent until { $text }
drift-title = { $n ->
    [one] { $n } entry differs from what was posted
   *[other] { $n } entries differ from what was posted
}
drift-changed = Changed in the ledger
mapping-title = Accounts and tax codes
mapping-unmapped = { $n } without account
mapping-account = Expense account
mapping-tax = Tax code
mapping-paid-from = Paid from
mapping-none = Not chosen
mapping-no-tax = No tax

## People
people-add = Add a person
person-name = Name
person-email = E-mail address
person-password = Password
person-first-password = First password
person-roles = Roles
person-inactive = Disabled
role-submitter = Submitter
role-approver = Approver
role-accountant = Accountant
role-administrator = Administrator
role-about-submitter = Uploads receipts and answers questions about them
role-about-approver = Approves or rejects what others submitted
role-about-accountant = Corrects what was read and watches the ledgers
role-about-administrator = Connects ledgers, sets the policy, adds people

## Policy
policy-about = What vouch may approve by itself. Everything else goes to an approver other than the submitter.
policy-base-currency = Base currency
policy-auto-approve = Approve by rule up to
policy-auto-approve-about = Only without findings. Empty: never.
policy-age = Flag when older than, in days
policy-age-about = Counted from the date on the paper. Empty: never.
policy-limits = Limits by category
policy-limits-about = Documents above the limit are flagged. Empty: no limit.

## Problems
problem-title = That did not work
problem-back = Go on
error-upload_empty = The file is empty.
error-upload_too_large = The file is larger than allowed.
error-unsupported_type = This is not a JPEG, PNG, TIFF, WebP or PDF file.
error-damaged_image = The picture is damaged or incomplete.
error-image_too_large = The picture has too many pixels.
error-several_receipts = The picture shows several receipts.
error-pdf_encrypted = The PDF is locked with a password.
error-pdf_damaged = The PDF is damaged.
error-pages_too_many = The document has too many pages.
error-nothing_readable = Nothing on it could be read.
error-reader_crashed = The reader failed on this document.
error-reader_timeout = Reading this document took too long.
error-not_found = There is no such page or document.
error-forbidden = Your roles do not allow this.
error-stale_version = Somebody changed this document in the meantime. Nothing of yours was saved.
error-csrf = The form is out of date. Nothing was done.
error-wrong_password = The e-mail address or the password is wrong.
error-too_many_attempts = Too many attempts. Wait a few minutes, then try again.
error-body_missing = Nothing was sent.
error-wrong_state = This is not possible in the document's present state.
error-own_document = You submitted this document; somebody else must approve it.
error-invalid_field = Some of what was typed could not be taken.
error-ledger_refused = The ledger refused it.
error-ledger_unreachable = The ledger could not be reached.
error-internal = Something failed on our side.
next-upload_empty = Choose the file again; if it stays empty, take a new photo.
next-upload_too_large = Save it smaller, or photograph the paper again.
next-unsupported_type = Save it as PDF or take a photo of it.
next-damaged_image = Take a new photo or copy the file again.
next-image_too_large = Save the picture smaller, or photograph the paper again.
next-several_receipts = Take or cut out a picture of each and upload them one by one.
next-pdf_encrypted = Save a copy without the password and upload that.
next-pdf_damaged = Print it to PDF again, or photograph the paper.
next-pages_too_many = Split it and upload the parts.
next-nothing_readable = Take a new photo: flat, sharp, all of the paper. Or type the fields in yourself.
next-reader_crashed = The original is kept. Have it read again, or type the fields in yourself.
next-reader_timeout = The original is kept. Have it read again, or type the fields in yourself.
next-forbidden = Ask an administrator for the role you need.
next-stale_version = Open the document again, look at what changed, and repeat your change.
next-csrf = Go back, load the page again and repeat it.
next-own_document = Tell an approver that it is waiting.
next-ledger_refused = Read the ledger's words above, mend it, and post again.
next-ledger_unreachable = vouch tries again by itself; nothing is lost.
next-internal = Nothing that was accepted is lost. Try again in a minute.
next-other = Go back and try again.

# One sentence about what was just done
notice-uploaded = Uploaded. Reading has begun.
notice-saved = Saved.
notice-approved = Approved.
notice-rejected = Rejected.
notice-reread = It will be read again.
notice-retried = It will be posted again.
notice-connected = Connected.
notice-disconnected = Disconnected.
notice-syncing = Syncing has begun.
