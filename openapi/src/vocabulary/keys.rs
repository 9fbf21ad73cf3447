//! Codes of API keys.

use super::vocabulary;

vocabulary! {
    /// Whose an API key is.
    KeyKind: "key-kind", "密钥种类", "Kind of key" {
        /// Of a reader of open data.
        Reader = "reader", "读取开放数据", "Reader of open data";
        /// Of a unit's system.
        System = "system", "单位的系统", "System of a unit";
    }
}

vocabulary! {
    /// Whether an API key holds.
    KeyState: "key-state", "密钥状态", "State of a key" {
        /// It does.
        Active = "active", "有效", "Active";
        /// It was revoked, and nobody can bring it back.
        Revoked = "revoked", "已作废", "Revoked";
    }
}

vocabulary! {
    /// Who revoked an API key.
    KeyEnd: "key-end", "密钥作废方", "Who revoked a key" {
        /// Its holder.
        ByHolder = "by_holder", "持有人", "Its holder";
        /// Whoever runs the service.
        ByService = "by_service", "本服务", "The service";
    }
}

vocabulary! {
    /// How a wish for a higher quota stands.
    RaiseState: "raise-state", "提额申请状态", "State of a raise" {
        /// Nobody has decided yet.
        Asked = "asked", "等待处理", "Asked for";
        /// It was granted, perhaps with other numbers.
        Granted = "granted", "已同意", "Granted";
        /// It was refused.
        Refused = "refused", "未同意", "Refused";
    }
}

vocabulary! {
    /// What the key of a unit's system is good for.
    KeyScope: "key-scope", "系统密钥权限", "Scope of a system key" {
        /// To hand in maintenance records.
        RecordsWrite = "records:write", "报送维保记录", "Hand in maintenance records";
        /// To hand in events and heartbeats of monitoring.
        MonitoringWrite = "monitoring:write", "报送监测数据", "Hand in monitoring data";
    }
}
