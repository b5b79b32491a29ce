# vouch 的繁體中文（香港）。`$n` 是數目，`$text` 是名稱。三個檔案的鍵和次序相同。

## Frame
nav-skip = 跳至內容
nav-places = 頁面
nav-documents = 單據
nav-approve = 待我批核
nav-connections = 會計軟件
nav-people = 人員
nav-policy = 審批政策
nav-history = 紀錄
nav-account = { $text } 的帳戶

## Signing in
sign-in-title = 登入 vouch
sign-in-about = 收據與供應商發票：讀取、核對、批核、入賬，每張只入一次。
action-sign-in = 登入
action-sign-out = 登出

## Uploading
upload-title = 將單據拖到這裡、選擇檔案，或拍照
upload-title-phone = 拍攝收據，或選擇檔案
upload-about = JPEG、PNG、TIFF、WebP 或 PDF，每個不超過 { $n } MB，可一次上載多個。
upload-choose = 選擇檔案
upload-photo = 拍照
upload-send = 上載
upload-waiting = 等候中
upload-sending = 上載中
upload-done = 已收到
upload-duplicate = 之前已上載
upload-failed = 未能上載，請檢查網絡後再試。
upload-open = 開啟
upload-again = 再試一次

## The list
list-count = { $n } 份單據
list-pages = 前後單據
list-previous = 上一頁
list-next = 下一頁
filter-title = 篩選
filter-scope = 顯示
filter-any = 不限
filter-from = 由
filter-to = 至
filter-ledger = 會計軟件
filter-apply = 套用
filter-clear = 清除篩選
scope-all = 所有單據
scope-mine = 我的單據
scope-approve = 待我批核
empty-all = 尚未有單據
empty-all-next = 請在上方加入第一張收據，數秒內讀取完成後便會在此顯示。
empty-filter = 沒有符合條件的單據
empty-approve = 沒有待您批核的單據
empty-approve-next = 單據核對完成後便會在此顯示。
findings-count = { $n } 項提示

## A document
document-state = 狀態
document-date = 日期
document-kind = 單據類型
document-category = 支出類別
document-destination = 入賬至
document-findings = 核對提示
document-picture = 單據影像
document-page = 第 { $n } 頁
document-pages = 共 { $n } 頁
document-no-picture = 此檔案沒有影像可顯示，但仍可下載原檔。
document-zoom = 放大
document-original = 原檔
document-previous = 上一份單據
document-next = 下一份單據
destination-none = 未選擇
date-shape = YYYY-MM-DD
finding-rule = 規則
group-supplier = 供應商
group-paper = 單據資料
group-amounts = 金額
mark-accepted = 已確定
mark-look = 請核對
mark-missing = 欠缺
source-person = 由人手輸入
source-pdf_text = PDF 內的文字
source-tesseract = 由影像辨識
items-title = 項目明細
items-description = 項目
items-quantity = 數量
items-price = 單價
items-amount = 金額
duplicate-title = 可能重複
duplicate-this = 本單據
posting-title = 入賬紀錄
posting-ledger = 會計軟件
posting-reference = 參考編號
posting-total = 入賬金額
posting-attachment = 單據影像
posting-open = 在 { $text } 開啟
attachment-waiting = 尚未附上
attachment-attached = 已附上
attachment-failed = 未能附上
reason-unreadable = 無法讀取的原因
reason-rejected = 拒絕原因
reason-posting_blocked = 未能入賬的原因
reason-needs_review = 需要核對的地方
history-title = 處理紀錄
history-by-rule = 系統
history-empty = 尚未有紀錄

## States
state-received = 已收到
state-reading = 讀取中
state-unreadable = 無法讀取
state-needs_review = 待覆核
state-checking = 核對中
state-awaiting_approval = 待批核
state-approved = 已批核
state-posting = 入賬中
state-posting_blocked = 入賬受阻
state-posted = 已入賬
state-rejected = 已拒絕

## Kinds of paper
kind-receipt = 收據
kind-invoice = 發票
kind-credit_note = 貸項通知單
kind-unknown = 未確定

## Categories
category-later = 稍後選擇
category-none = 未選擇
category-meals = 膳食及應酬
category-travel = 差旅
category-transport = 本地交通
category-office = 辦公室用品
category-software = 軟件及訂閱
category-utilities = 水電煤及通訊
category-rent = 租金
category-freight = 運費及速遞
category-professional = 專業服務費
category-repairs = 維修及保養
category-other = 其他

## Fields
field-supplier_name = 供應商
field-supplier_address = 地址
field-supplier_tax_id = 稅務或商業登記號碼
field-document_number = 單據號碼
field-issue_date = 日期
field-due_date = 到期日
field-currency = 貨幣
field-subtotal = 小計
field-tax = 稅款
field-service_charge = 服務費
field-rounding = 尾數調整
field-discount = 折扣
field-total = 總額
field-amount_paid = 實付金額
field-payment_method = 付款方式

## Ways of paying
payment-cash = 現金
payment-card = 信用卡或扣賬卡
payment-octopus = 八達通
payment-fps = 轉數快
payment-alipay = 支付寶
payment-wechat_pay = 微信支付
payment-bank_transfer = 銀行轉賬
payment-cheque = 支票

## Findings
severity-block = 必須更正
severity-flag = 請核對
severity-info = 供參考
rule-A1 = 項目相加與小計不符
rule-A2 = 各項金額相加與總額不符
rule-A3 = 數量乘單價與項目金額不符
rule-A6 = 大寫金額與數字不符
rule-X2 = 稅率不屬當地稅率
rule-V1 = 電子發票不符合其標準
rule-A7 = 機讀內容與頁面不符
rule-A9 = 總額並非支出
rule-A10 = 金額與貨幣不符
rule-D1 = 同一檔案之前已上載
rule-D4 = 供應商、日期及總額與另一份單據相同
rule-D5 = 與另一份單據非常相似
rule-E1 = 以目前資料未能入賬
rule-I4 = 可能不是收據或發票
rule-M1 = 欠缺必要資料
rule-P1 = 超出該類別的上限
rule-Q1 = 有未能確定的資料
rule-Q2 = 兩次辨讀結果不同
rule-Q3 = 影像難以辨讀
rule-T0 = 日期有兩種讀法
rule-T1 = 日期在將來
rule-T2 = 日期過於久遠
rule-X1 = 不徵稅的地方卻列有稅款
# English has these sentences from the checks themselves, with the figures in them.
finding-V1 = 電子發票內容互相矛盾、不完整或無法讀取，請核對原件。
finding-X2 = 稅額高於當地稅率，請核對。
finding-A7 = 機讀內容（電子發票或二維碼）與頁面所載不同，請核對。
finding-A1 = 各項目的金額相加後與{ $text }不符，請對照影像。
finding-A2 = 小計、折扣、服務費、稅款及調整相加後與總額不符，請對照影像。
finding-A9 = 總額須大於零；貸項通知單請直接在會計軟件內入賬。
finding-A10 = 總額的小數位數與所選貨幣不符，請更正金額或貨幣。
finding-D4 = 之前已有一份單據的供應商、日期及總額與此相同；確實是兩次購買才兩份都保留。
finding-E1 = 請選擇這份單據要記入哪間公司的賬目。
finding-M1 = 未能讀到「{ $text }」，請按影像填寫。
finding-P1 = 金額超出這個類別的上限，須由批核人決定。
finding-Q1 = 未能確定「{ $text }」，請對照影像後確認。
finding-Q2 = 兩次辨讀「{ $text }」的結果不同，請對照影像。
finding-Q3 = 這份單據上的文字全部未能讀取，請重新拍攝，或按影像填寫。
finding-T0 = 單據上的日期有兩種讀法，請確認是哪一天。
finding-T1 = 單據日期在今天之後，請對照影像。
finding-T2 = 單據日期早於政策容許的期限，請對照影像。

## Actions
action-title = 可以進行的操作
action-correct = 儲存更改
action-submit = 儲存並提交
action-approve = 批核
action-reject = 拒絕
action-reject-confirm = 確定拒絕
action-keep = 並非重複，兩份都保留
action-reread = 重新讀取
action-retry = 重新入賬
action-save = 儲存
action-connect = 連接 { $text }
action-disconnect = 中斷連接
action-sync = 立即同步
action-save-mapping = 儲存科目
action-add-person = 加入人員
action-disable = 停用
action-enable = 啟用
reject-reason = 原因（會讓提交人看到）

## What happened
event-uploaded = 已上載
event-read_failed = 未能讀取
event-read_again = 重新讀取
event-posting_retried = 重新入賬
event-received = 已收到
event-duplicate = 再次收到同一檔案
event-reading = 開始讀取
event-read = 已讀取
event-unreadable = 無法讀取
event-corrected = 已更正
event-submitted = 已提交
event-checked = 已核對
event-routed = 已送交批核
event-needs_review = 已送交覆核
event-approved = 已批核
event-rejected = 已拒絕
event-kept = 確認並非重複
event-reread = 安排重新讀取
event-posting = 開始入賬
event-posted = 已入賬
event-posting_blocked = 入賬被拒
event-attached = 已附上影像
event-retried = 安排重新入賬
event-drifted = 會計軟件內的紀錄有變
event-synced = 已與會計軟件同步
event-connected = 已連接會計軟件
event-disconnected = 已中斷會計軟件連接
event-mapped = 已設定科目
event-policy_changed = 已更改審批政策
event-person_added = 已加入人員
event-person_changed = 已更改人員資料
event-signed_in = 已登入

## Keys
help-title = 快捷鍵
help-step = 下一份或上一份單據
help-edit = 首個要核對的欄位
help-approve = 批核
help-reject = 填寫原因並拒絕
help-zoom = 放大影像
help-help = 顯示此表
help-close = 關閉

## Connections
connections-empty = 尚未連接會計軟件
connections-empty-next = 請連接 QuickBooks 或 Xero，已批核的單據會連同影像入賬。
connection-connected = 已連接
connection-consent_needed = 需要重新授權
connection-disconnected = 已中斷
connection-synced = 同步於 { $text }
connection-expires = 授權至 { $text }
drift-title = { $n } 項紀錄與入賬時不同
drift-changed = 已在會計軟件內更改
mapping-title = 會計科目及稅碼
mapping-unmapped = { $n } 項未設定科目
mapping-account = 支出科目
mapping-tax = 稅碼
mapping-paid-from = 付款賬戶
mapping-none = 未選擇
mapping-no-tax = 不設稅項

## People
people-add = 加入人員
person-name = 姓名
person-email = 電郵地址
person-password = 密碼
person-first-password = 首次登入密碼
person-roles = 角色
person-inactive = 已停用
role-submitter = 提交人
role-approver = 批核人
role-accountant = 會計
role-administrator = 管理員
role-about-submitter = 上載單據並回答查詢
role-about-approver = 批核或拒絕其他人提交的單據
role-about-accountant = 更正讀取結果並監察會計軟件
role-about-administrator = 連接會計軟件、設定政策、加入人員

## Policy
policy-about = 設定 vouch 可自動批核的範圍，其餘單據須由提交人以外的批核人處理。
policy-base-currency = 本位貨幣
policy-auto-approve = 自動批核上限
policy-auto-approve-about = 只限沒有提示的單據。留空即不自動批核。
policy-age = 超過多少日須提示
policy-age-about = 由單據日期起計。留空即不設限。
policy-limits = 各類別上限
policy-limits-about = 超出上限的單據會有提示。留空即不設限。

## Problems
problem-title = 未能完成
problem-back = 繼續
error-upload_empty = 檔案沒有內容。
error-upload_too_large = 檔案超出大小上限。
error-unsupported_type = 這不是 JPEG、PNG、TIFF、WebP 或 PDF 檔案。
error-damaged_image = 影像已損壞或不完整。
error-image_too_large = 影像像素過多。
error-several_receipts = 一張圖片上有多張單據。
error-pdf_encrypted = PDF 已加上密碼。
error-pdf_damaged = PDF 已損壞。
error-pages_too_many = 文件頁數過多。
error-nothing_readable = 未能讀取任何內容。
error-reader_crashed = 讀取這份單據時出錯。
error-reader_timeout = 讀取這份單據的時間過長。
error-not_found = 找不到此頁或單據。
error-forbidden = 您的角色不能進行此操作。
error-stale_version = 其他人剛更改了這份單據，您的更改未有儲存。
error-csrf = 表格已過期，未有執行任何操作。
error-wrong_password = 電郵地址或密碼不正確。
error-too_many_attempts = 嘗試次數過多，請稍候數分鐘再試。
error-body_missing = 沒有收到任何內容。
error-wrong_state = 單據目前的狀態不能進行此操作。
error-own_document = 這份單據由您提交，須由其他人批核。
error-invalid_field = 部分輸入內容不正確。
error-ledger_refused = 會計軟件拒絕了這項紀錄。
error-ledger_unreachable = 未能連接會計軟件。
error-internal = 系統出錯。
next-upload_empty = 請重新選擇檔案；若仍沒有內容，請重新拍照。
next-upload_too_large = 請縮小後再儲存，或重新拍攝單據。
next-unsupported_type = 請另存為 PDF，或拍攝單據。
next-damaged_image = 請重新拍照，或重新複製檔案。
next-image_too_large = 請縮小影像，或重新拍攝單據。
next-several_receipts = 請逐張拍攝或裁切，再分別上載。
next-pdf_encrypted = 請另存一份沒有密碼的檔案再上載。
next-pdf_damaged = 請重新列印成 PDF，或拍攝單據。
next-pages_too_many = 請分拆後逐份上載。
next-nothing_readable = 請重新拍攝：平放、清晰、拍下整張單據；或自行輸入資料。
next-reader_crashed = 原檔已保留。請重新讀取，或自行輸入資料。
next-reader_timeout = 原檔已保留。請重新讀取，或自行輸入資料。
next-forbidden = 如需此角色，請聯絡管理員。
next-stale_version = 請重新開啟單據，查看更改後再試。
next-csrf = 請返回並重新載入頁面，然後再試。
next-own_document = 請通知批核人處理。
next-ledger_refused = 請按上述說明更正，然後重新入賬。
next-ledger_unreachable = vouch 會自動再試，資料不會遺失。
next-internal = 已接收的資料不會遺失，請於一分鐘後再試。
next-other = 請返回再試。

# One sentence about what was just done
notice-uploaded = 已上載，正在讀取。
notice-saved = 已儲存。
notice-approved = 已批准。
notice-rejected = 已拒絕。
notice-reread = 將會重新讀取。
notice-retried = 將會重新入賬。
notice-connected = 已連接。
notice-disconnected = 已中斷連接。
notice-syncing = 已開始同步。
