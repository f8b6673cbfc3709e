# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The published filter patterns of the monitoring section of the CIS AWS Foundations Benchmark, verbatim.

They are copied from the AWS Security Hub user guide, CloudWatch controls; Security Hub fails a filter that differs
("Additional fields or terms cannot be added"). Security Hub has no control for AWS Organizations; that pattern is the
form with 21 event names that Prowler requires. Do not change any character, including spaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CisPattern:
    """One published pattern: topic, control ids of Security Hub and of each benchmark version, and text."""

    topic: str
    title: str
    security_hub: str | None
    cis: Mapping[str, str] = field(hash=False)
    text: str


CIS_PATTERNS: Mapping[str, CisPattern] = {
    entry.topic: entry
    for entry in (
        CisPattern(
            "root",
            "Use of the root user",
            "CloudWatch.1",
            {"v5.0": "4.3", "v6.0": "5.3"},
            '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
        ),
        CisPattern(
            "unauth",
            "Unauthorized API calls",
            "CloudWatch.2",
            {"v5.0": "4.1", "v6.0": "5.1"},
            '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
        ),
        CisPattern(
            "nomfa",
            "Console sign-in without MFA",
            "CloudWatch.3",
            {"v5.0": "4.2", "v6.0": "5.2"},
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
        ),
        CisPattern(
            "iam",
            "IAM policy changes",
            "CloudWatch.4",
            {"v5.0": "4.4", "v6.0": "5.4"},
            "{($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy) || "
            "($.eventName=DeleteRolePolicy) || ($.eventName=DeleteUserPolicy) || ($.eventName=PutGroupPolicy) || "
            "($.eventName=PutRolePolicy) || ($.eventName=PutUserPolicy) || ($.eventName=CreatePolicy) || "
            "($.eventName=DeletePolicy) || ($.eventName=CreatePolicyVersion) || "
            "($.eventName=DeletePolicyVersion) || ($.eventName=AttachRolePolicy) || "
            "($.eventName=DetachRolePolicy) || ($.eventName=AttachUserPolicy) || ($.eventName=DetachUserPolicy) "
            "|| ($.eventName=AttachGroupPolicy) || ($.eventName=DetachGroupPolicy))}",
        ),
        CisPattern(
            "trail",
            "CloudTrail configuration changes",
            "CloudWatch.5",
            {"v5.0": "4.5", "v6.0": "5.5"},
            "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail) || "
            "($.eventName=StartLogging) || ($.eventName=StopLogging)}",
        ),
        CisPattern(
            "authfail",
            "Console authentication failures",
            "CloudWatch.6",
            {"v5.0": "4.6", "v6.0": "5.6"},
            '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
        ),
        CisPattern(
            "cmk",
            "Disabling or scheduled deletion of customer managed keys",
            "CloudWatch.7",
            {"v5.0": "4.7", "v6.0": "5.7"},
            "{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}",
        ),
        CisPattern(
            "s3",
            "S3 bucket policy changes",
            "CloudWatch.8",
            {"v5.0": "4.8", "v6.0": "5.8"},
            "{($.eventSource=s3.amazonaws.com) && (($.eventName=PutBucketAcl) || ($.eventName=PutBucketPolicy) "
            "|| ($.eventName=PutBucketCors) || ($.eventName=PutBucketLifecycle) || "
            "($.eventName=PutBucketReplication) || ($.eventName=DeleteBucketPolicy) || "
            "($.eventName=DeleteBucketCors) || ($.eventName=DeleteBucketLifecycle) || "
            "($.eventName=DeleteBucketReplication))}",
        ),
        CisPattern(
            "config",
            "AWS Config configuration changes",
            "CloudWatch.9",
            {"v5.0": "4.9", "v6.0": "5.9"},
            "{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder) || "
            "($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel) || "
            "($.eventName=PutConfigurationRecorder))}",
        ),
        CisPattern(
            "sg",
            "Security group changes",
            "CloudWatch.10",
            {"v5.0": "4.10", "v6.0": "5.10"},
            "{($.eventName=AuthorizeSecurityGroupIngress) || ($.eventName=AuthorizeSecurityGroupEgress) || "
            "($.eventName=RevokeSecurityGroupIngress) || ($.eventName=RevokeSecurityGroupEgress) || "
            "($.eventName=CreateSecurityGroup) || ($.eventName=DeleteSecurityGroup)}",
        ),
        CisPattern(
            "nacl",
            "Network ACL changes",
            "CloudWatch.11",
            {"v5.0": "4.11", "v6.0": "5.11"},
            "{($.eventName=CreateNetworkAcl) || ($.eventName=CreateNetworkAclEntry) || "
            "($.eventName=DeleteNetworkAcl) || ($.eventName=DeleteNetworkAclEntry) || "
            "($.eventName=ReplaceNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}",
        ),
        CisPattern(
            "gw",
            "Network gateway changes",
            "CloudWatch.12",
            {"v5.0": "4.12", "v6.0": "5.12"},
            "{($.eventName=CreateCustomerGateway) || ($.eventName=DeleteCustomerGateway) || "
            "($.eventName=AttachInternetGateway) || ($.eventName=CreateInternetGateway) || "
            "($.eventName=DeleteInternetGateway) || ($.eventName=DetachInternetGateway)}",
        ),
        CisPattern(
            "rt",
            "Route table changes",
            "CloudWatch.13",
            {"v5.0": "4.13", "v6.0": "5.13"},
            "{($.eventSource=ec2.amazonaws.com) && (($.eventName=CreateRoute) || ($.eventName=CreateRouteTable) "
            "|| ($.eventName=ReplaceRoute) || ($.eventName=ReplaceRouteTableAssociation) || "
            "($.eventName=DeleteRouteTable) || ($.eventName=DeleteRoute) || "
            "($.eventName=DisassociateRouteTable))}",
        ),
        CisPattern(
            "vpc",
            "VPC changes",
            "CloudWatch.14",
            {"v5.0": "4.14", "v6.0": "5.14"},
            "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute) || "
            "($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection) || "
            "($.eventName=DeleteVpcPeeringConnection) || ($.eventName=RejectVpcPeeringConnection) || "
            "($.eventName=AttachClassicLinkVpc) || ($.eventName=DetachClassicLinkVpc) || "
            "($.eventName=DisableVpcClassicLink) || ($.eventName=EnableVpcClassicLink)}",
        ),
        CisPattern(
            "org",
            "AWS Organizations changes",
            None,
            {"v5.0": "4.15", "v6.0": "5.15"},
            '{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = "AcceptHandshake") || '
            '($.eventName = "AttachPolicy") || ($.eventName = "CreateAccount") || ($.eventName = '
            '"CreateOrganizationalUnit") || ($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") '
            '|| ($.eventName = "DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || '
            '($.eventName = "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = '
            '"DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = '
            '"InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || ($.eventName = '
            '"MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || ($.eventName = "UpdatePolicy") '
            '|| ($.eventName = "UpdateOrganizationalUnit") || ($.eventName = "CancelHandshake") || ($.eventName '
            '= "CreateOrganization") || ($.eventName = "EnableAllFeatures")) }',
        ),
    )
}
