//! Codes of who may call how often.

use super::vocabulary;

vocabulary! {
    /// A named quota. Its name stands in the headers `RateLimit-Policy` and `RateLimit`.
    LimitPolicy: "limit-policy", "限额", "Quota" {
        /// Calls of the API by one address or key within a short window.
        Burst = "burst", "接口，短时", "API, short window";
        /// Calls of the API by one address or key within a day.
        Daily = "daily", "接口，每天", "API, a day";
        /// Streams of whole lists by one address or key.
        Export = "export", "整表导出", "Whole lists";
        /// Pages opened by one address.
        Pages = "pages", "网页", "Pages";
        /// Attempts to log in from one address.
        LogIn = "log_in", "登录，按来访地址", "Log-in, by address";
        /// Attempts to log in under one name.
        LogInName = "log_in_name", "登录，按账号", "Log-in, by name";
        /// API keys made from one address.
        KeyCreation = "key_creation", "申请密钥", "Making keys";
        /// Complaints filed from one address.
        Complaint = "complaint", "提交投诉", "Filing complaints";
        /// Units' requests for an account from one address.
        UnitRequest = "unit_request", "申请单位账号", "Units' requests for an account";
    }
}

vocabulary! {
    /// What an account may do, in general. Which act a role may do on whose things is the table of rights.
    Role: "role", "角色", "Role" {
        /// An officer who reads.
        Reader = "reader", "查阅员", "Reader";
        /// An officer who works cases of the own bureau.
        Officer = "officer", "经办员", "Officer";
        /// An officer who works and decides cases of the own bureau.
        Decider = "decider", "审批员", "Decider";
        /// An officer of the city bureau, who decides there and reads in every district.
        CityBureau = "city_bureau", "市局人员", "City bureau";
        /// Whoever runs the service: accounts, authorities, the policy in force, jobs, keys. Decides no case.
        Administrator = "administrator", "系统管理员", "Administrator";
        /// The account that answers for a unit and invites others into it.
        UnitOwner = "unit_owner", "单位负责人", "Unit owner";
        /// An account of a unit.
        UnitMember = "unit_member", "单位成员", "Unit member";
        /// An account of another unit, which acts for this one.
        UnitDelegate = "unit_delegate", "受托代理人", "Unit delegate";
    }
}

vocabulary! {
    /// Whether an account can sign in.
    AccountState: "account-state", "账号状态", "State of an account" {
        /// It can.
        Active = "active", "启用", "Active";
        /// It was switched off by an administrator.
        Off = "off", "停用", "Off";
        /// Nobody signed in for so long that it was switched off by itself; an administrator can wake it.
        Dormant = "dormant", "休眠", "Dormant";
    }
}

vocabulary! {
    /// Why a session ended before its time.
    SessionEnd: "session-end", "会话结束原因", "End of a session" {
        /// The person signed out.
        SignedOut = "signed_out", "本人退出", "Signed out";
        /// The person ended it from another session.
        EndedByHolder = "ended_by_holder", "本人在别处结束", "Ended by the holder elsewhere";
        /// An administrator ended it.
        EndedByAdministrator = "ended_by_administrator", "管理员结束", "Ended by an administrator";
        /// The password was changed.
        PasswordChanged = "password_changed", "密码已更改", "Password changed";
        /// The second factor was added, changed or taken off.
        SecondFactorChanged = "second_factor_changed", "第二验证已变更", "Second factor changed";
        /// The account was switched off, or fell asleep.
        AccountOff = "account_off", "账号停用", "Account off";
        /// What the account may do was changed.
        RightsChanged = "rights_changed", "权限已变更", "Rights changed";
        /// Another session with more rights took its place.
        Replaced = "replaced", "换为新会话", "Replaced by a new one";
    }
}

vocabulary! {
    /// What a one-time link is for.
    LinkPurpose: "link-purpose", "一次性链接用途", "Purpose of a one-time link" {
        /// The first password of a new account.
        Invitation = "invitation", "首次设置密码", "First password";
        /// A new password for somebody who lost theirs.
        Recovery = "recovery", "找回密码", "Recovery";
    }
}

vocabulary! {
    /// How far a unit's request for an account is.
    UnitRequestState: "unit-request-state", "单位账号申请的状态", "State of a unit's request for an account" {
        /// The bureau has it.
        Received = "received", "待处理", "Received";
        /// The unit got its account.
        Accepted = "accepted", "已通过", "Accepted";
        /// The bureau refused it, with a reason.
        Refused = "refused", "未通过", "Refused";
        /// Whoever asked took it back.
        Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    }
}
