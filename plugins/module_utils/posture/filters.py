# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The metric filters that CIS AWS Foundations and Security Hub ask for, as data.

Sources: AWS Security Hub user guide, "CloudWatch controls"; CIS AWS Foundations Benchmark v1.4 to v7.0, section
monitoring, whose texts differ from Security Hub's and from each other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilterControl:
    """A metric filter that the benchmarks prescribe.

    Attributes:
        name: The name of the checks on it.
        title: What it watches.
        rule: The rule of the pack `cis` that deploys it.
        pattern: The text of Security Hub; of Prowler where Security Hub has none.
        others: The texts of CIS with another meaning.
        needs: A source that a trail may exclude, without which the filter cannot match.
    """

    name: str
    title: str
    rule: str
    pattern: str
    others: tuple[str, ...] = ()
    needs: str = ""


def _events(names: str, source: str = "") -> str:
    """Return a pattern for calls, space-separated, as Security Hub writes it."""
    events = " || ".join(f"($.eventName={name})" for name in names.split())
    return f"{{($.eventSource={source}.amazonaws.com) && ({events})}}" if source else f"{{{events}}}"


def _organization_events(names: str) -> str:
    events = " || ".join(f'($.eventName = "{name}")' for name in names.split())
    return f"{{ ($.eventSource = organizations.amazonaws.com) && ({events}) }}"


_IAM = (
    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy CreatePolicy"
    " DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy"
    " DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
)
_GROUPS = (
    "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress"
    " CreateSecurityGroup DeleteSecurityGroup"
)
_ROUTES = (
    "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute"
    " DisassociateRouteTable"
)
_ORGANIZATIONS = (
    "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake"
    " DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType"
    " InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization UpdatePolicy"
    " UpdateOrganizationalUnit"
)
_DENIED = '($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")'
_NOT_DELIVERY = '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket")'
_WITHOUT_MFA = '($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'

FILTERS = (
    FilterControl(
        "denied-calls",
        "Denied calls are monitored",
        "unauthorized_api_calls",
        f"{{{_DENIED}}}",
        # CIS prints the alternatives without brackets, which AWS reads as the first of these two.
        (f"{{ {_DENIED} && {_NOT_DELIVERY} }}", f"{{ ({_DENIED}) && {_NOT_DELIVERY} }}"),
    ),
    FilterControl(
        "sign-in-without-mfa",
        "Console sign-ins without MFA are monitored",
        "console_login_without_mfa",
        f'{{ {_WITHOUT_MFA} && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }}',
        (f"{{ {_WITHOUT_MFA} }}",),
    ),
    FilterControl(
        "root",
        "Use of the root user is monitored",
        "root_usage",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    ),
    FilterControl(
        "iam-policies",
        "Changes of IAM policies are monitored",
        "iam_policy_changes",
        _events(_IAM, "iam"),
        (_events(_IAM),),
    ),
    FilterControl(
        "trails",
        "Changes of trails are monitored",
        "cloudtrail_changes",
        _events("CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"),
    ),
    FilterControl(
        "failed-sign-ins",
        "Failed console sign-ins are monitored",
        "console_authentication_failures",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    FilterControl(
        "keys",
        "Disabling and deletion of KMS keys is monitored",
        "kms_key_disabled_or_deleted",
        _events("DisableKey ScheduleKeyDeletion", "kms"),
        needs="kms.amazonaws.com",
    ),
    FilterControl(
        "bucket-policies",
        "Changes of S3 bucket policies are monitored",
        "s3_bucket_policy_changes",
        _events(
            "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy"
            " DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
            "s3",
        ),
    ),
    FilterControl(
        "config",
        "Changes of AWS Config are monitored",
        "config_changes",
        _events(
            "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder", "config"
        ),
    ),
    FilterControl(
        "security-groups",
        "Changes of security groups are monitored",
        "security_group_changes",
        _events(_GROUPS),
        (_events(f"{_GROUPS} ModifySecurityGroupRules"),),
    ),
    FilterControl(
        "network-acls",
        "Changes of network ACLs are monitored",
        "network_acl_changes",
        _events(
            "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry"
            " ReplaceNetworkAclAssociation"
        ),
    ),
    FilterControl(
        "gateways",
        "Changes of network gateways are monitored",
        "network_gateway_changes",
        _events(
            "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway"
            " DeleteInternetGateway DetachInternetGateway"
        ),
    ),
    FilterControl(
        "route-tables",
        "Changes of route tables are monitored",
        "route_table_changes",
        _events(_ROUTES, "ec2"),
        (_events(_ROUTES),),
    ),
    FilterControl(
        "vpcs",
        "Changes of VPCs are monitored",
        "vpc_changes",
        _events(
            "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection"
            " DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc"
            " DisableVpcClassicLink EnableVpcClassicLink"
        ),
    ),
    FilterControl(
        "organization",
        "Changes of the organization are monitored",
        "organizations_changes",
        _organization_events(f"{_ORGANIZATIONS} CancelHandshake CreateOrganization EnableAllFeatures"),
        (_organization_events(_ORGANIZATIONS),),
    ),
)
