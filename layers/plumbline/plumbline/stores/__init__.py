"""What Plumbline remembers: records, the DynamoDB and S3 stores, and their twins in memory."""
