//! What may be wrong with a value, as a closed list.

use super::vocabulary;

vocabulary! {
    /// A doubt about a value. The raw value stays beside the interpreted one; unknown stays unknown.
    QualityFlag: "quality-flag", "数据疑点", "Doubts about a value" {
        /// No address was given.
        AddressMissing = "address_missing", "没有地址", "No address given";
        /// The category is not of the catalogue.
        CategoryUnknown = "category_unknown", "类别不在目录里", "Category not in the catalogue";
        /// The catalogue's year was not said and was assumed.
        CatalogueAssumed = "catalogue_assumed", "类别目录的年份是推定的", "Catalogue year assumed";
        /// No coordinates were given.
        CoordinatesMissing = "coordinates_missing", "没有坐标", "No coordinates given";
        /// The coordinates lie outside the city, or are not coordinates.
        CoordinatesImplausible = "coordinates_implausible", "坐标不在本市范围", "Coordinates outside the city";
        /// A date lies in the future where it cannot.
        DateInFuture = "date_in_future", "日期在未来", "Date in the future";
        /// A date is older than elevators are.
        DateImplausible = "date_implausible", "日期不合常理", "Implausible date";
        /// A date could not be read.
        DateUnreadable = "date_unreadable", "日期读不懂", "Unreadable date";
        /// The district was not given or is not known.
        DistrictUnknown = "district_unknown", "区县不明", "District unknown";
        /// An identifier has not the shape of its kind. One that would be read out in need, or can be no identifier at all, is kept in `raw` only.
        IdentifierMalformed = "identifier_malformed", "编号的样子不对", "Identifier of unusual shape";
        /// A number could not be read.
        NumberUnreadable = "number_unreadable", "数字读不懂", "Unreadable number";
        /// A number is outside what elevators have.
        NumberImplausible = "number_implausible", "数字不合常理", "Implausible number";
        /// The source gave something personal; it was hidden and is kept nowhere.
        PersonalDataHidden = "personal_data_hidden", "个人信息已隐去", "Personal data hidden";
        /// A stand-in such as `**` was given for a value.
        StandInValue = "stand_in_value", "用符号代替了内容", "Stand-in instead of a value";
        /// A text had to be shortened.
        TextShortened = "text_shortened", "文字太长，截短了", "Text shortened";
        /// A unit's code was given and its check characters do not hold.
        UnitCodeInvalid = "unit_code_invalid", "单位代码校验不过", "Unit code fails its check";
        /// A unit was named without its code.
        UnitCodeMissing = "unit_code_missing", "没有给单位代码", "Unit code not given";
        /// A code of the source has no counterpart here.
        ValueUnmapped = "value_unmapped", "来源的代码没有对应", "Source code without counterpart";
    }
}
