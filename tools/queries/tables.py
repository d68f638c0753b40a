"""The tables of the Log Analytics workspace that the queries read, with the columns that they use."""

from typing import Final

_MEASURED: Final = {
    "TimeGenerated": "TIMESTAMPTZ",
    "AppRoleName": "VARCHAR",
    "ItemCount": "BIGINT",
    "Properties": "JSON",
}

TABLES: Final[dict[str, dict[str, str]]] = {
    "AppRequests": {
        **_MEASURED,
        "Name": "VARCHAR",
        "Url": "VARCHAR",
        "ResultCode": "VARCHAR",
        "Success": "BOOLEAN",
        "DurationMs": "DOUBLE",
    },
    "AppDependencies": {
        **_MEASURED,
        "Name": "VARCHAR",
        "Success": "BOOLEAN",
        "DurationMs": "DOUBLE",
    },
    "AppExceptions": {**_MEASURED, "ExceptionType": "VARCHAR", "OuterMessage": "VARCHAR"},
    "AppMetrics": {
        **_MEASURED,
        "Name": "VARCHAR",
        "Sum": "DOUBLE",
        "Min": "DOUBLE",
        "Max": "DOUBLE",
    },
    "AppTraces": {**_MEASURED, "Message": "VARCHAR"},
    "CDBDataPlaneRequests": {
        "TimeGenerated": "TIMESTAMPTZ",
        "CollectionName": "VARCHAR",
        "OperationName": "VARCHAR",
        "StatusCode": "INTEGER",
        "RequestCharge": "DOUBLE",
        "DurationMs": "DOUBLE",
    },
    "ApiManagementGatewayLogs": {
        "TimeGenerated": "TIMESTAMPTZ",
        "ResponseCode": "INTEGER",
        "BackendResponseCode": "INTEGER",
    },
    "AzureDiagnostics": {
        "TimeGenerated": "TIMESTAMPTZ",
        "Category": "VARCHAR",
        "action_s": "VARCHAR",
        "ruleName_s": "VARCHAR",
    },
}
"""Column types in DuckDB's words; `Properties` is the workspace's dynamic column."""
