/** What `sluice init` writes. Both files pass their own checks as they are. */
export const CONFIG_TEMPLATE = `# Where Sluice keeps its state, and how it reaches your accounts. No credentials in here: only their names.

# Three DynamoDB tables: <prefix>-control, <prefix>-facts, <prefix>-audit. With an endpoint on this machine they are
# created when first used ("sluice engine" serves one); without it they are those of your AWS account, found with the
# AWS SDK's usual credentials.
tables:
  prefix: sluice-local
  region: eu-central-1
  endpoint: http://127.0.0.1:8000

# The inputs of every plan, kept whole. A folder, or bucket: <name of an S3 bucket>.
archive:
  folder: .sluice/archive

# Where credentials are read from at run time. A folder with one <name>.json per secret, or manager: aws for AWS Secrets
# Manager. A Google Ads secret holds clientId, clientSecret, refreshToken, developerToken and, behind a manager account,
# loginCustomerId; a Meta secret holds accessToken, appId and appSecret; a TikTok secret accessToken; a Snapchat secret clientId,
# clientSecret and refreshToken; a Pinterest secret appId, appSecret and refreshToken, and Sluice replaces that one whenever it is renewed.
secrets:
  folder: .sluice/secrets

# Only needed where accounts have another currency than the portfolio. CSV with the header date,from,to,rate, such as
#   2026-11-20,EUR,USD,1.1576
# "sluice rates fetch" adds the European Central Bank's to it; others can be added by hand.
# rates:
#   file: rates.csv

# Which secret an account is reached with: platform:id for one account, platform:* for all others.
# apiVersion and endpoints (google-ads: api and token; meta: api) are for servers on this machine.
connections:
  - account: google-ads:*
    secret: google-ads
  - account: meta:*
    secret: meta
#  - account: tiktok:*
#    secret: tiktok
#  - account: snapchat:*
#    secret: snapchat
#  - account: pinterest:*
#    secret: pinterest

# Platforms that Sluice has no adapter of its own for: a package that is installed beside this file, or a file, each.
# adapters:
#   reddit: '@acme/sluice-reddit'
`

export const POLICY_TEMPLATE = `# What one portfolio may do. Reviewed like code; "sluice policy check policy.yaml" tells what is wrong with it.
portfolio: example
owner: growth-team

# observe: look only. shadow: record what would be done. approve: push what a person applied. auto: push daily.
mode: shadow

baseCurrency: EUR
zone: Europe/Berlin
goal:
  kind: conversions

# The total is spread over the days that remain, afresh every day.
flight:
  from: 2026-11-01
  to: 2026-11-30
  total: 30000.00 EUR

accounts:
  - account: google-ads:1234567890
    conversions:
      action: purchase
      clickWindowDays: 30
      basis: click
    # Most that one day may cost at worst, over-delivery included. Nothing is pushed without; "sluice plan" proposes it.
    # dayCap: 1500.00 EUR

# Most that a day of all accounts together may cost at worst.
# dayCap: 1500.00 EUR

# The first entry that fits a campaign decides. Classes: brand, retargeting, prospecting, opaque (kinds that hide where
# they serve). Without evidence of lift only prospecting may grow past the share that it came with.
members:
  - name: brand
    class: brand
  - name: performance max
    class: opaque
  - name: ""
    class: prospecting

# How far one decision may go; these are the defaults.
guardrails:
  maxStepUp: 0.2
  maxStepDown: 0.2
  deadband: 0.03
`
