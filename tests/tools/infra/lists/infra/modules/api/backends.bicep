var pool = 'shop-pool'
