"""The house's own rules on resources: nothing public, nothing unlogged, nothing unowned, no key that opens a door."""

from collections.abc import Callable, Iterator

from tools.infra.finding import Finding
from tools.infra.syntax import children, entries, key_of, literal, objects, text_of, walk
from tools.infra.tree import Resource, Tree, resources_of

type Rule = Callable[[Tree], Iterator[Finding]]

_PUBLIC = "properties.publicNetworkAccess"
_LOCAL = "properties.disableLocalAuth"
REQUIRED: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "public-access": {
        "Microsoft.AppConfiguration/configurationStores": ((_PUBLIC, "Disabled"),),
        "Microsoft.Cache/redisEnterprise": ((_PUBLIC, "Disabled"),),
        "Microsoft.CognitiveServices/accounts": ((_PUBLIC, "Disabled"),),
        "Microsoft.ContainerRegistry/registries": ((_PUBLIC, "Disabled"),),
        "Microsoft.ContainerService/managedClusters": (
            (_PUBLIC, "Disabled"),
            ("properties.apiServerAccessProfile.enablePrivateCluster", "true"),
        ),
        "Microsoft.DocumentDB/databaseAccounts": ((_PUBLIC, "Disabled"),),
        "Microsoft.EventHub/namespaces": ((_PUBLIC, "Disabled"),),
        "Microsoft.KeyVault/vaults": ((_PUBLIC, "Disabled"), ("properties.networkAcls.defaultAction", "Deny")),
        "Microsoft.Search/searchServices": ((_PUBLIC, "Disabled"),),
        "Microsoft.Storage/storageAccounts": (
            (_PUBLIC, "Disabled"),
            ("properties.networkAcls.defaultAction", "Deny"),
            ("properties.allowBlobPublicAccess", "false"),
        ),
        "Microsoft.Storage/storageAccounts/blobServices/containers": (("properties.publicAccess", "None"),),
        "Microsoft.Web/sites": (("properties.siteConfig.ipSecurityRestrictionsDefaultAction", "Deny"),),
    },
    "old-tls": {
        "Microsoft.Cache/redisEnterprise": (("properties.minimumTlsVersion", "1.2"),),
        "Microsoft.Cache/redisEnterprise/databases": (("properties.clientProtocol", "Encrypted"),),
        "Microsoft.Cdn/profiles/customDomains": (("properties.tlsSettings.minimumTlsVersion", "TLS12"),),
        "Microsoft.DocumentDB/databaseAccounts": (("properties.minimalTlsVersion", "Tls12"),),
        "Microsoft.EventHub/namespaces": (("properties.minimumTlsVersion", "1.2"),),
        "Microsoft.Storage/storageAccounts": (
            ("properties.minimumTlsVersion", "TLS1_2"),
            ("properties.supportsHttpsTrafficOnly", "true"),
        ),
        "Microsoft.Web/sites": (
            ("properties.httpsOnly", "true"),
            ("properties.siteConfig.minTlsVersion", "1.2"),
            ("properties.siteConfig.scmMinTlsVersion", "1.2"),
        ),
    },
    "local-auth": {
        "Microsoft.AppConfiguration/configurationStores": ((_LOCAL, "true"),),
        "Microsoft.Cache/redisEnterprise/databases": (("properties.accessKeysAuthentication", "Disabled"),),
        "Microsoft.CognitiveServices/accounts": ((_LOCAL, "true"),),
        "Microsoft.Communication/communicationServices": ((_LOCAL, "true"),),
        "Microsoft.ContainerRegistry/registries": (("properties.adminUserEnabled", "false"),),
        "Microsoft.ContainerService/managedClusters": (
            ("properties.disableLocalAccounts", "true"),
            ("properties.aadProfile.enableAzureRBAC", "true"),
        ),
        "Microsoft.DocumentDB/databaseAccounts": (
            (_LOCAL, "true"),
            ("properties.disableKeyBasedMetadataWriteAccess", "true"),
        ),
        "Microsoft.EventHub/namespaces": ((_LOCAL, "true"),),
        "Microsoft.Insights/components": (("properties.DisableLocalAuth", "true"),),
        "Microsoft.KeyVault/vaults": (("properties.enableRbacAuthorization", "true"),),
        "Microsoft.Search/searchServices": ((_LOCAL, "true"),),
        "Microsoft.Storage/storageAccounts": (("properties.allowSharedKeyAccess", "false"),),
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies": (("properties.allow", "false"),),
    },
    "recoverable": {
        "Microsoft.AppConfiguration/configurationStores": (("properties.enablePurgeProtection", "true"),),
        "Microsoft.DocumentDB/databaseAccounts": (
            ("properties.backupPolicy.type", "Continuous"),
            ("properties.backupPolicy.continuousModeProperties.tier", "Continuous30Days"),
        ),
        "Microsoft.KeyVault/vaults": (("properties.enablePurgeProtection", "true"),),
        "Microsoft.Storage/storageAccounts/blobServices": (
            ("properties.isVersioningEnabled", "true"),
            ("properties.deleteRetentionPolicy.enabled", "true"),
        ),
    },
    "firewall": {
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies": (
            ("properties.policySettings.mode", "Prevention"),
            ("properties.policySettings.enabledState", "Enabled"),
        ),
    },
}
"""Rule, to resource type, to the literal values that a resource of that type must carry."""

LOGGED = frozenset(
    """Microsoft.ApiManagement/service Microsoft.AppConfiguration/configurationStores
    Microsoft.Cache/redisEnterprise Microsoft.Cdn/profiles Microsoft.CognitiveServices/accounts
    Microsoft.ContainerRegistry/registries Microsoft.ContainerService/managedClusters
    Microsoft.DataProtection/backupVaults Microsoft.DocumentDB/databaseAccounts Microsoft.EventHub/namespaces
    Microsoft.KeyVault/vaults Microsoft.Network/networkSecurityGroups Microsoft.Network/virtualNetworks
    Microsoft.OperationalInsights/workspaces Microsoft.Search/searchServices Microsoft.Storage/storageAccounts
    Microsoft.Storage/storageAccounts/blobServices Microsoft.Web/sites""".split()
)
"""Types that support diagnostic settings, and therefore must have one."""

UNTAGGABLE = frozenset(
    {"Microsoft.AppConfiguration/configurationStores/replicas", "Microsoft.Resources/deployments"}
)
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
_ANYWHERE = frozenset({"*", "Internet", "0.0.0.0/0", "Any"})
_FLEX_FORBIDS = frozenset(
    """FUNCTIONS_WORKER_RUNTIME FUNCTIONS_EXTENSION_VERSION WEBSITE_RUN_FROM_PACKAGE WEBSITE_CONTENTSHARE
    SCM_DO_BUILD_DURING_DEPLOYMENT ENABLE_ORYX_BUILD WEBSITE_NODE_DEFAULT_VERSION linuxFxVersion
    AzureWebJobsStorage WEBSITE_CONTENTAZUREFILECONNECTIONSTRING""".split()
)


def required_values(tree: Tree, rule: str) -> Iterator[Finding]:
    """Resources that lack a value of the rule's table, or say something else than it."""
    for resource in tree.resources():
        for path, wanted in REQUIRED[rule].get(resource.type, ()):
            if literal(resource.at(path)) != wanted:
                yield _about(resource, rule, f"{resource.type}: {path} must be {wanted}")


def unlogged(tree: Tree) -> Iterator[Finding]:
    """Resources that could say what happens to them and send it nowhere."""
    for document in tree.templates:
        found = resources_of(document)
        watched = {text_of(r.at("scope")).split("[")[0] for r in found if r.type == _DIAGNOSTICS}
        for resource in found:
            if resource.type in LOGGED and not resource.is_existing and resource.declaration.name not in watched:
                yield _about(resource, "unlogged", f"{resource.type} has no diagnostic settings")


def untagged(tree: Tree) -> Iterator[Finding]:
    """Resources with a place but no tags: nobody would know whose they are."""
    for resource in tree.resources():
        needs = resource.at("location") is not None and resource.type not in UNTAGGABLE
        if needs and "tags" not in text_of(resource.at("tags")):
            yield _about(resource, "untagged", f"{resource.type} has no tags")


def fixed_place(tree: Tree) -> Iterator[Finding]:
    """A region written into a template instead of a parameter file."""
    for resource in tree.resources():
        if (place := literal(resource.at("location"))) not in {None, "global"}:
            yield _about(resource, "fixed-place", f"{place} belongs in a parameter")


def open_inbound(tree: Tree) -> Iterator[Finding]:
    """Network rules that let anybody in."""
    for document in tree.templates:
        for node in objects(document.root):
            given = {key: literal(value) for key, value in entries(node).items()}
            inbound = given.get("direction") == "Inbound" and given.get("access") == "Allow"
            if inbound and given.get("sourceAddressPrefix") in _ANYWHERE:
                yield document.finding(node, "open-inbound", "an inbound rule must name its source")


def any_origin(tree: Tree) -> Iterator[Finding]:
    """Cross-origin rules that name everybody."""
    for document in tree.templates:
        for node in walk(document.root):
            key = key_of(node) if node.type == "object_property" else None
            if key and key.lower().endswith("origins") and "'*'" in text_of(node):
                yield document.finding(node, "any-origin", f"{key} must name origins")


def flex_settings(tree: Tree) -> Iterator[Finding]:
    """App settings that Flex Consumption refuses or ignores, or that would be a storage key."""
    for document in tree.templates:
        for node in walk(document.root):
            if node.type == "object_property" and key_of(node) in _FLEX_FORBIDS:
                yield document.finding(node, "flex-setting", f"{key_of(node)} has no place on Flex Consumption")


def basic_publishing(tree: Tree) -> Iterator[Finding]:
    """Function apps to which a password can still deploy."""
    for document in tree.templates:
        found = resources_of(document)
        policies = [r for r in found if r.type == "Microsoft.Web/sites/basicPublishingCredentialsPolicies"]
        closed = {literal(r.at("name")) for r in policies}
        for site in (r for r in found if r.type == "Microsoft.Web/sites" and not r.is_existing):
            for door in sorted({"ftp", "scm"} - closed):
                yield _about(site, "basic-publishing", f"{door} publishing by password is open")


def blocking_rule_set(tree: Tree) -> Iterator[Finding]:
    """Managed rule sets of version 2 that only count: without an action they do."""
    for document in tree.templates:
        for node in objects(document.root):
            given = {key: literal(value) for key, value in entries(node).items()}
            counts = given.get("ruleSetType") == "Microsoft_DefaultRuleSet" and given.get("ruleSetAction") != "Block"
            if counts:
                yield document.finding(node, "firewall", "the default rule set needs ruleSetAction Block")


def preview_versions(tree: Tree) -> Iterator[Finding]:
    """Preview API versions; diagnostic settings have no other."""
    for resource in tree.resources():
        if resource.version.endswith("preview") and resource.type != _DIAGNOSTICS:
            yield _about(resource, "preview", f"{resource.type}@{resource.version}")


def _about(resource: Resource, rule: str, message: str) -> Finding:
    return resource.document.finding(children(resource.declaration.node)[0], rule, message)
