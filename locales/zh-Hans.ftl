# vouch 的简体中文。`$n` 是数目，`$text` 是名称。三个文件的键和次序相同。

## Frame
nav-skip = 跳到内容
nav-places = 页面
nav-documents = 单据
nav-approve = 待我审批
nav-connections = 财务软件
nav-people = 人员
nav-policy = 审批规则
nav-history = 日志
nav-account = { $text } 的账号

## Signing in
sign-in-title = 登录 vouch
sign-in-about = 收据与供应商发票：识别、核对、审批、入账，每张只入一次。
action-sign-in = 登录
action-sign-out = 退出登录

## Uploading
upload-title = 将单据拖到这里、选择文件，或拍照
upload-title-phone = 拍摄收据，或选择文件
upload-about = JPEG、PNG、TIFF、WebP 或 PDF，每个不超过 { $n } MB，可一次上传多个。
upload-choose = 选择文件
upload-photo = 拍照
upload-send = 上传
upload-waiting = 等待中
upload-sending = 上传中
upload-done = 已收到
upload-duplicate = 之前已上传
upload-failed = 上传失败，请检查网络后重试。
upload-open = 打开
upload-again = 重试

## The list
list-count = { $n } 份单据
list-pages = 前后单据
list-previous = 上一页
list-next = 下一页
filter-title = 筛选
filter-scope = 显示
filter-any = 不限
filter-from = 从
filter-to = 到
filter-ledger = 财务软件
filter-apply = 应用
filter-clear = 清除筛选
scope-all = 全部单据
scope-mine = 我的单据
scope-approve = 待我审批
empty-all = 还没有单据
empty-all-next = 请在上方添加第一张收据，几秒内识别完成后就会显示在这里。
empty-filter = 没有符合条件的单据
empty-approve = 没有待您审批的单据
empty-approve-next = 单据核对完成后就会显示在这里。
findings-count = { $n } 项提示

## A document
document-state = 状态
document-date = 日期
document-kind = 单据类型
document-category = 费用类别
document-destination = 入账至
document-findings = 核对提示
document-picture = 单据图像
document-page = 第 { $n } 页
document-pages = 共 { $n } 页
document-no-picture = 此文件没有可显示的图像，但仍可下载原件。
document-zoom = 放大
document-original = 原件
document-previous = 上一份单据
document-next = 下一份单据
destination-none = 未选择
date-shape = YYYY-MM-DD
finding-rule = 规则
group-supplier = 供应商
group-paper = 单据信息
group-amounts = 金额
mark-accepted = 已确定
mark-look = 请核对
mark-missing = 缺失
source-person = 人工填写
source-pdf_text = PDF 中的文字
source-tesseract = 由图像识别
items-title = 明细
items-description = 项目
items-quantity = 数量
items-price = 单价
items-amount = 金额
duplicate-title = 可能重复
duplicate-this = 本单据
posting-title = 入账记录
posting-ledger = 财务软件
posting-reference = 参考编号
posting-total = 入账金额
posting-attachment = 单据图像
posting-open = 在 { $text } 中打开
attachment-waiting = 尚未附上
attachment-attached = 已附上
attachment-failed = 未能附上
reason-unreadable = 无法识别的原因
reason-rejected = 驳回原因
reason-posting_blocked = 未能入账的原因
reason-needs_review = 需要核对的地方
history-title = 处理记录
history-by-rule = 系统
history-empty = 还没有记录

## States
state-received = 已收到
state-reading = 识别中
state-unreadable = 无法识别
state-needs_review = 待复核
state-checking = 核对中
state-awaiting_approval = 待审批
state-approved = 已批准
state-posting = 入账中
state-posting_blocked = 入账受阻
state-posted = 已入账
state-rejected = 已驳回

## Kinds of paper
kind-receipt = 收据
kind-invoice = 发票
kind-credit_note = 红字发票
kind-unknown = 未确定

## Categories
category-later = 稍后选择
category-none = 未选择
category-meals = 餐饮招待费
category-travel = 差旅费
category-transport = 市内交通费
category-office = 办公用品
category-software = 软件及订阅
category-utilities = 水电及通讯费
category-rent = 租金
category-freight = 运费及快递
category-professional = 专业服务费
category-repairs = 维修保养费
category-other = 其他

## Fields
field-supplier_name = 供应商
field-supplier_address = 地址
field-supplier_tax_id = 税号或登记号
field-document_number = 单据号码
field-issue_date = 日期
field-due_date = 到期日
field-currency = 币种
field-subtotal = 小计
field-tax = 税额
field-service_charge = 服务费
field-rounding = 尾数调整
field-discount = 折扣
field-total = 总额
field-amount_paid = 实付金额
field-payment_method = 付款方式

## Ways of paying
payment-cash = 现金
payment-card = 银行卡
payment-octopus = 八达通
payment-fps = 转数快
payment-alipay = 支付宝
payment-wechat_pay = 微信支付
payment-bank_transfer = 银行转账
payment-cheque = 支票

## Findings
severity-block = 必须更正
severity-flag = 请核对
severity-info = 供参考
rule-A1 = 明细合计与小计不符
rule-A2 = 各项金额合计与总额不符
rule-A3 = 数量乘单价与明细金额不符
rule-A6 = 大写金额与小写不符
rule-X2 = 税率不属当地税率
rule-V1 = 电子发票不符合其标准
rule-A7 = 机读内容与页面不符
rule-A9 = 总额不是支出
rule-A10 = 金额与币种不符
rule-D1 = 同一文件之前已上传
rule-D4 = 供应商、日期和总额与另一份单据相同
rule-D5 = 与另一份单据非常相似
rule-E1 = 按目前信息无法入账
rule-I4 = 可能不是收据或发票
rule-M1 = 缺少必要信息
rule-P1 = 超出该类别的限额
rule-Q1 = 有未能确定的信息
rule-Q2 = 两次识别结果不同
rule-Q3 = 图像难以辨认
rule-T0 = 日期有两种读法
rule-T1 = 日期在将来
rule-T2 = 日期过早
rule-X1 = 不征税的地区却列有税额
# English has these sentences from the checks themselves, with the figures in them.
finding-V1 = 电子发票内容互相矛盾、不完整或无法读取，请核对原件。
finding-X2 = 税额高于当地税率，请核对。
finding-A7 = 机读内容（电子发票或二维码）与页面所载不同，请核对。
finding-A1 = 各项明细相加后与{ $text }不符，请对照图像。
finding-A2 = 小计、折扣、服务费、税款及调整相加后与总额不符，请对照图像。
finding-A9 = 总额须大于零；红字发票或贷项通知单请直接在会计软件中入账。
finding-A10 = 总额的小数位数与所选币种不符，请更正金额或币种。
finding-D4 = 已有一份单据的供应商、日期和总额与此相同；确实是两次购买才两份都保留。
finding-E1 = 请选择这份单据要记入哪家公司的账目。
finding-M1 = 未能读到“{ $text }”，请按图像填写。
finding-P1 = 金额超出该类别的上限，须由审批人决定。
finding-Q1 = 未能确定“{ $text }”，请对照图像后确认。
finding-Q2 = 两次识别“{ $text }”的结果不同，请对照图像。
finding-Q3 = 这份单据上的文字全部未能读取，请重新拍照，或按图像填写。
finding-T0 = 单据上的日期有两种读法，请确认是哪一天。
finding-T1 = 单据日期在今天之后，请对照图像。
finding-T2 = 单据日期早于政策允许的期限，请对照图像。

## Actions
action-title = 可以进行的操作
action-correct = 保存更改
action-submit = 保存并提交
action-approve = 批准
action-reject = 驳回
action-reject-confirm = 确认驳回
action-keep = 并非重复，两份都保留
action-reread = 重新识别
action-retry = 重新入账
action-save = 保存
action-connect = 连接 { $text }
action-disconnect = 断开连接
action-sync = 立即同步
action-save-mapping = 保存科目
action-add-person = 添加人员
action-disable = 停用
action-enable = 启用
reject-reason = 原因（提交人可见）

## What happened
event-uploaded = 已上传
event-read_failed = 无法读取
event-read_again = 重新读取
event-posting_retried = 重新入账
event-received = 已收到
event-duplicate = 再次收到同一文件
event-reading = 开始识别
event-read = 已识别
event-unreadable = 无法识别
event-corrected = 已更正
event-submitted = 已提交
event-checked = 已核对
event-routed = 已送审
event-needs_review = 已送复核
event-approved = 已批准
event-rejected = 已驳回
event-kept = 确认并非重复
event-reread = 安排重新识别
event-posting = 开始入账
event-posted = 已入账
event-posting_blocked = 入账被拒
event-attached = 已附上图像
event-retried = 安排重新入账
event-drifted = 财务软件中的记录有变
event-synced = 已与财务软件同步
event-connected = 已连接财务软件
event-disconnected = 已断开财务软件
event-mapped = 已设置科目
event-policy_changed = 已更改审批规则
event-person_added = 已添加人员
event-person_changed = 已更改人员信息
event-signed_in = 已登录

## Keys
help-title = 快捷键
help-step = 下一份或上一份单据
help-edit = 第一个要核对的栏位
help-approve = 批准
help-reject = 填写原因并驳回
help-zoom = 放大图像
help-help = 显示此表
help-close = 关闭

## Connections
connections-empty = 还没有连接财务软件
connections-empty-next = 请连接 QuickBooks 或 Xero，已批准的单据会连同图像入账。
connection-connected = 已连接
connection-consent_needed = 需要重新授权
connection-disconnected = 已断开
connection-synced = 同步于 { $text }
connection-expires = 授权至 { $text }
drift-title = { $n } 条记录与入账时不同
drift-changed = 已在财务软件中更改
mapping-title = 会计科目及税码
mapping-unmapped = { $n } 项未设置科目
mapping-account = 费用科目
mapping-tax = 税码
mapping-paid-from = 付款账户
mapping-none = 未选择
mapping-no-tax = 不设税项

## People
people-add = 添加人员
person-name = 姓名
person-email = 邮箱地址
person-password = 密码
person-first-password = 首次登录密码
person-roles = 角色
person-inactive = 已停用
role-submitter = 提交人
role-approver = 审批人
role-accountant = 会计
role-administrator = 管理员
role-about-submitter = 上传单据并回答询问
role-about-approver = 批准或驳回他人提交的单据
role-about-accountant = 更正识别结果并关注财务软件
role-about-administrator = 连接财务软件、设置规则、添加人员

## Policy
policy-about = 设置 vouch 可自动批准的范围，其余单据须由提交人以外的审批人处理。
policy-base-currency = 本位币
policy-auto-approve = 自动批准上限
policy-auto-approve-about = 仅限没有提示的单据。留空即不自动批准。
policy-age = 超过多少天须提示
policy-age-about = 从单据日期起算。留空即不限。
policy-limits = 各类别限额
policy-limits-about = 超出限额的单据会有提示。留空即不限。

## Problems
problem-title = 未能完成
problem-back = 继续
error-upload_empty = 文件没有内容。
error-upload_too_large = 文件超出大小限制。
error-unsupported_type = 这不是 JPEG、PNG、TIFF、WebP 或 PDF 文件。
error-damaged_image = 图像已损坏或不完整。
error-image_too_large = 图像像素过多。
error-several_receipts = 一张图片上有多张单据。
error-pdf_encrypted = PDF 已加密码。
error-pdf_damaged = PDF 已损坏。
error-pages_too_many = 文件页数过多。
error-nothing_readable = 未能识别任何内容。
error-reader_crashed = 识别这份单据时出错。
error-reader_timeout = 识别这份单据用时过长。
error-not_found = 找不到此页面或单据。
error-forbidden = 您的角色不能进行此操作。
error-stale_version = 其他人刚更改了这份单据，您的更改没有保存。
error-csrf = 表单已过期，未执行任何操作。
error-wrong_password = 邮箱地址或密码不正确。
error-too_many_attempts = 尝试次数过多，请过几分钟再试。
error-body_missing = 没有收到任何内容。
error-wrong_state = 单据目前的状态不能进行此操作。
error-own_document = 这份单据由您提交，须由他人审批。
error-invalid_field = 部分输入内容不正确。
error-ledger_refused = 财务软件拒绝了这条记录。
error-ledger_unreachable = 无法连接财务软件。
error-internal = 系统出错。
next-upload_empty = 请重新选择文件；如仍没有内容，请重新拍照。
next-upload_too_large = 请缩小后再保存，或重新拍摄单据。
next-unsupported_type = 请另存为 PDF，或拍摄单据。
next-damaged_image = 请重新拍照，或重新复制文件。
next-image_too_large = 请缩小图像，或重新拍摄单据。
next-several_receipts = 请逐张拍摄或裁切，再分别上传。
next-pdf_encrypted = 请另存一份没有密码的文件再上传。
next-pdf_damaged = 请重新打印成 PDF，或拍摄单据。
next-pages_too_many = 请拆分后逐份上传。
next-nothing_readable = 请重新拍摄：平放、清晰、拍下整张单据；或自行填写。
next-reader_crashed = 原件已保留。请重新识别，或自行填写。
next-reader_timeout = 原件已保留。请重新识别，或自行填写。
next-forbidden = 如需此角色，请联系管理员。
next-stale_version = 请重新打开单据，查看更改后再试。
next-csrf = 请返回并刷新页面，然后再试。
next-own_document = 请通知审批人处理。
next-ledger_refused = 请按上述说明更正，然后重新入账。
next-ledger_unreachable = vouch 会自动重试，数据不会丢失。
next-internal = 已接收的数据不会丢失，请于一分钟后再试。
next-other = 请返回重试。

# One sentence about what was just done
notice-uploaded = 已上传，正在读取。
notice-saved = 已保存。
notice-approved = 已批准。
notice-rejected = 已驳回。
notice-reread = 将重新读取。
notice-retried = 将重新入账。
notice-connected = 已连接。
notice-disconnected = 已断开连接。
notice-syncing = 已开始同步。
