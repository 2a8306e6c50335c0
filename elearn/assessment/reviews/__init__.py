"""Score review (phúc khảo): an examinee asks, the officer decides with a reason."""
