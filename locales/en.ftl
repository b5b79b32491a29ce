# The words of vouch in English. `$n` is a count, `$text` a name. The three files have the same keys in the same order.

## Frame
nav-skip = Skip to content
nav-places = Pages
nav-documents = Documents
nav-approve = To approve
nav-connections = Connections
nav-drift = Drift
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
part-label = Part { $n } of { $text }
part-about = This picture shows several documents. Each is checked, approved and posted by itself, with its own part of the picture.
part-join-why = If the picture shows one document only, it is read again as one; what was made of the other parts is rejected.
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
posting-settled = Afterwards
posting-settled-yes = Paid or reconciled there
posting-open = Open in { $text }
attachment-waiting = Not attached yet
attachment-attached = Attached
attachment-failed = Could not be attached
reason-unreadable = Why it could not be read
reason-rejected = Reason for rejection
reason-posting_blocked = Why it is not posted
reason-approved = Why it is not posted yet; vouch goes on by itself
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
payment-default = Any other way
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
rule-E0 = Could not be checked
rule-E1 = Cannot become a ledger entry as it is
rule-I4 = May not be a receipt or an invoice
rule-M1 = A needed field is missing
rule-P1 = Above a limit
rule-Q1 = Values that are not sure
rule-Q2 = Two readings differ
rule-Q3 = The picture is hard to read
rule-T0 = The date can be read in two ways
rule-T1 = The date is in the future
rule-T2 = The date is too long ago
rule-X1 = Tax where none is charged
rule-A4 = The tax is not the printed rate of the sum
rule-A5 = Cash less change is not the total
rule-A8 = A sum carried to the next page is not the same there
rule-D2 = A picture of the same paper
rule-D3 = This supplier's number was seen before
rule-D6 = This fapiao was used before
rule-D7 = The ledger has it already
rule-D8 = The bank's payment belongs to another document
rule-I1 = The tax number's check digit is wrong
rule-I2 = The supplier's account or tax number has changed
rule-I3 = Not made out to our company
rule-I5 = An invoice and its receipt
rule-P2 = A receipt is needed above this amount
rule-P3 = It does not say who was there
rule-P4 = Something that the rules ask to look at
rule-P5 = The claim and the paper differ
rule-P6 = The exchange rate is missing or far off
rule-P7 = A detail that the policy asks for is missing
rule-P8 = May be one purchase in parts
rule-Q4 = The PDF's text is not what its page shows
rule-Q5 = The file was worked over
rule-T3 = The period is closed in the ledger
rule-T4 = A weekend or a public holiday
rule-T5 = A tax rate that was not in force on the day
rule-X3 = Tax without a tax number
rule-X4 = No tax code is chosen for the category

## Actions
action-title = What can be done
action-correct = Save changes
action-submit = Save and submit
action-approve = Approve
action-reject = Reject
action-reject-confirm = Reject it
action-keep = Keep both: it is no copy
action-reread = Read again
action-join = It is one document
action-retry = Post again
action-restart = Start the approval again
action-restart-why = Under the policy in force now; what was approved so far counts no more.
action-save = Save
action-connect = Connect { $text }
action-choose = Connect these
action-connect-again = Connect { $text } again
action-disconnect = Disconnect
action-sync = Sync now
action-accept-drift = That is all right
action-fix = { $n ->
    [one] Save and post it
   *[other] Save and post all { $n }
}
action-post-again = { $n ->
    [one] Post it again
   *[other] Post all { $n } again
}
action-save-mapping = Save accounts
action-add-person = Add person
action-disable = Disable
action-enable = Enable
reject-reason = Reason, for the person who submitted it

## What happened
event-uploaded = Uploaded
event-read_failed = Could not be read
event-read_again = To be read again
event-joined = To be read as one document
event-divided = Taken out of a picture of several documents
event-restarted = Approval to start again, under the policy in force
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
offered-title = Which organisations should vouch post to?
offered-about = Your consent reaches these. Those you leave out are let go of again.
consent-needed-title = { $text } no longer lets vouch in
consent-ending-title = Consent ends soon
consent-again = Connect again and choose { $text } there. Nothing is lost: what waits goes out by itself afterwards.
drift-title = { $n ->
    [one] { $n } entry differs from what was posted
   *[other] { $n } entries differ from what was posted
}
drift-changed = Changed in the ledger
drift-about = What the ledgers hold is compared with what was approved. vouch changes nothing there by itself.
drift-empty = The ledgers hold what was approved
drift-empty-next = Changes made in a ledger show up here within the hour, at once where webhooks are set up.
drift-document = Open the document
drift-ledger = Open in the ledger
differs-removed = Deleted or voided in the ledger
differs-total = Another total
differs-currency = Another currency
differs-date = Another date
differs-supplier = Another supplier
differs-unapproved = Bill without approval
differs-twice = In the ledger twice
differs-next-removed = If it should be there, restore it in the ledger. If not, nothing is to be done.
differs-next-total = Correct the entry in the ledger, or say that the change is all right.
differs-next-currency = Correct the entry in the ledger, or say that the change is all right.
differs-next-date = Correct the date in the ledger, or say that the change is all right.
differs-next-supplier = Correct the supplier in the ledger, or say that the change is all right.
differs-next-unapproved = It was entered there and nobody approved it here. Upload its paper, or say that it is all right.
differs-next-twice = Keep one of the two: delete the other in the ledger, or reject the document here.
mapping-title = Accounts and tax codes
mapping-unmapped = { $n } without account
mapping-account = Expense account
mapping-tax = Tax code
mapping-paid-from = Paid from
mapping-none = Not chosen
mapping-no-tax = No tax
blocked-title = Cannot be posted
blocked-about = One choice lets everything go that waits for it.
blocked-empty = Nothing is held up
blocked-empty-next = Approved documents go out by themselves.
blocked-link = { $n ->
    [one] { $n } document cannot be posted: see what to choose
   *[other] { $n } documents cannot be posted: see what to choose
}
blocked-all = See everything that waits, and what to choose
blocked-count = { $n ->
    [one] { $n } document waits
   *[other] { $n } documents wait
}
blocked-account = Choose the expense account for “{ $text }”
blocked-tax = Choose the tax code for “{ $text }”
blocked-paid = Choose the account that payments come from: { $text }
blocked-consent = Connect the company again
blocked-company = Choose the company in each document
blocked-field-category_account = Expense account
blocked-field-category_tax = Tax code
blocked-field-paid_from = Paid from
blocked-suggested = Suggested: what these suppliers' entries went to last.
blocked-only-supplier = For this supplier only
mapping-for-supplier = For this supplier only
mapping-as-category = As its category
mapping-dimension = Department or project
mapping-sent-as = Sent to the ledger as
mapping-not-sent = Not sent
dimension-department = Department
dimension-project = Project
dimension-class = Class
dimension-location = Location
dimension-customer = Customer
mapping-rate = Rate of foreign entries
mapping-rate-ledger = The ledger's own, of the day
mapping-rate-approved = The one it was approved with
blocked-dimension = Choose how it is sent to the ledger: { $text }
blocked-charged = Choose what “{ $text }” is in the ledger
blocked-suggested-name = Suggested: it is called most like it.
blocked-field-dimension = Sent to the ledger as
blocked-field-department_class = Class
blocked-field-department_location = Location
blocked-field-department_customer = Customer
blocked-field-department_tracking = Tracking option
blocked-field-project_class = Class
blocked-field-project_location = Location
blocked-field-project_customer = Customer
blocked-field-project_tracking = Tracking option

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
error-several_receipts = The picture seems to show several receipts, too close to each other, cut off, or too many to be divided.
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
next-several_receipts = Take or cut out a picture of each and upload them one by one. If it is one document, say so.
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
notice-joined = It will be read again, as one document.
notice-retried = It will be posted again.
notice-restarted = It is checked again and goes to those who must agree now.
notice-connected = Connected.
notice-accepted = Noted. It comes back only if the ledger changes again.
notice-disconnected = Disconnected.
notice-syncing = Syncing has begun.

nav-tasks = My tasks
tasks-none = Nothing waits for you.
tasks-none-next = When somebody needs your decision, it appears here.
tasks-outcomes = Not all were approved
tasks-outcome-approved = approved
tasks-choose = Choose
tasks-approve = Approve the chosen
task-instead-of = in place of { $text }
task-due = due { $text }
task-since = since { $text }
task-by = by { $text }
task-added-by = added by { $text }
task-remind = Remind
task-remove = Take out
task-opinion = Your opinion
task-answer = Give the opinion
task-claim = Take this task
task-unclaim = Give it back
task-take-back = Take my approval back
task-withdraw = Withdraw
task-add = Add people
task-people = Who
task-person = Who
task-adding = When they decide
task-method = How they decide
task-hand-over = Hand over or ask
task-transfer = Hand over
task-ask = Ask for an opinion
task-return = Send back
adding-before = Before me
adding-after = After me
adding-parallel = Beside me
mode-all = all of them
mode-any = any one of them
mode-ratio = by vote
mode-sequential = one after the other
mode-claim = whoever takes it
node-passed = agreed
node-open = waiting
node-failed = refused
node-void = sent back
node-ahead = to come
task-waiting = not yet their turn
task-pending = their turn
task-approved = agreed
task-rejected = refused
task-returned = sent it back
task-transferred = handed over
task-asking = waits for an opinion
task-answered = gave an opinion
task-cancelled = no longer asked
skip-own = has a part in this claim
skip-left = has left
skip-repeat = agreed before
skip-later = is asked later
skip-delegate = somebody stands in
seat-manager = manager
seat-department_head = head of department
seat-project_owner = project owner
seat-added = added
seat-submitter = submitter
return-to = Back to
return-submitter = Whoever submitted it
return-back = Then
back-rerun = through everything again
back-jump = straight back to me
approval-title = Approval
approval-policy = policy version { $n }
approval-round = round { $n }
approval-otherwise = otherwise
comments-title = Comments
comment-write = Comment; @name tells somebody
comment-send = Send
delegation-title = While you are away
delegation-about = Whoever stands in for you can decide your tasks; the record says in whose place.
delegation-person = Who stands in
delegation-first = First day
delegation-last = Last day
delegation-max = Up to this amount
delegation-save = Let them stand in
delegation-end = End
state-returned = Sent back
state-withdrawn = Withdrawn
state-held = Held
reason-returned = Why it was sent back
reason-held = What an administrator must mend
event-added = People added
event-removed = Somebody taken out
event-transferred = Handed over
event-asked = Opinion asked
event-answered = Opinion given
event-claimed = Task taken
event-unclaimed = Task given back
event-returned = Sent back
event-taken_back = Approval taken back
event-withdrawn = Withdrawn
event-reminded = Reminded
event-overdue = Time ran out
event-moved = Task moved; its person left
error-not_your_task = This is not your task.
next-not_your_task = The approval on the document's page shows whose turn it is.
task-findings = { $n ->
    [one] one finding
   *[other] { $n } findings
}
claim-department = Department
claim-project = Project
claim-note = What it was for
claim-attendees = Who was there
claim-more = Claim and statement
claim-claimant = Whose money it was
claim-claimed = Amount claimed, if not the total
claim-card-line = Amount on the card statement
claim-bank-line = Reference of the statement line

## Notices. `$text` is the paper (supplier and amount), or the value of a line
message-to = For { $text }
message-paper = a paper
message-supplier = Supplier: { $text }
message-amount = Amount: { $text }
message-actor = By: { $text }
message-reason = Reason: { $text }
message-due = Due: { $text }
message-link = Open: { $text }
message-asked-subject = Please decide: { $text }
message-asked-lead = It is your turn to decide about this.
message-reminded-subject = Reminder: { $text } waits for you
message-reminded-lead = This still waits for your decision.
message-escalated-subject = Passed on to you: { $text }
message-escalated-lead = This waited too long for somebody else, so it is now your turn to decide.
message-approved-subject = Approved: { $text }
message-approved-lead = What you sent in was approved.
message-rejected-subject = Refused: { $text }
message-rejected-lead = What you sent in was refused.
message-returned-subject = Sent back to you: { $text }
message-returned-lead = What you sent in came back to you. Change it and send it again.
message-mentioned-subject = You were named: { $text }
message-mentioned-lead = Somebody named you in a comment.
message-told-subject = For your information: { $text }
message-told-lead = The policy has you told about this. You need not do anything.
message-held-subject = On hold: { $text }
message-held-lead = This cannot go on until an administrator mends the policy or the people in it.
message-posting-blocked-subject = Not in the ledger: { $text }
message-posting-blocked-lead = This was approved, but it cannot be put into the ledger yet.
message-test-subject = Test of vouch
message-test-lead = This is a test. Notices of vouch arrive over this channel.
nav-suppliers = Suppliers
suppliers-about = What your corrections taught about suppliers. The next reading knows it; what was wrong can be taken back.
suppliers-none = Nothing was taught yet.
suppliers-none-next = Correct a supplier's name, currency or date on a document, and it appears here.
hint-printed = printed as { $text }
hint-tax-id = number { $text }
hint-day-first = day before month
hint-month-first = month before day
hint-undo = Take back
policy-whole = The whole policy
policy-whole-about = Who must agree, limits, and every rule. Change it with vouch policy export, check and import; saving the form above publishes a new version as well.
policy-show = Show it
