"""Words that guessers try first: our own list, folded (no accents), letters only.

A password that consists of up to three of these words, with digits and signs around or in place
of letters, is refused (accounts.rules). The list holds what people of a Vietnamese office choose:
everyday words for passwords, love and luck, given names, places, agencies, terms of the trade,
the keyboard's rows, and the usual English ones.
"""

_KEYBOARD = """
aaa abc abcd abcde abcdef abcdefg abcdefgh abcdefghijkl abcxyz aqw asd asdasd asdf asdfg asdfgh
asdfghjk asdfghjkl bnm cvb dfg edc fgh ghj hjk iop jkl lkj lkjh lkjhgf lkjhgfdsa mnb mnbv mnbvc
mnbvcxz poi poiu poiuy poiuyt poiuytrewq qaz qazwsx qazwsxedc qwe qweasd qweasdzxc qweqwe qwer
qwert qwerty qwertyu qwertyui qwertyuio qwertyuiop rfv sdf tgb uio ujm vbn wert wertyuiop wsx xcv
xyz yhn zxc zxcv zxcvb zxcvbn zxcvbnm zxczxc
"""

_DESK = """
access account admin administrator android angel apple arsenal autumn baby baithi bao baomat
barcelona batman best bimat boi boiduong boss change changeme chao chaomung chelsea chungchi
chungnhan computer cu dance dang dangky dangnhap dao daotao default demo dien dienthoai doi
doimatkhau dollar dragon duong elearn elearning email excel facebook family flower football
forever freedom friend friends game gamer giangvien gmail good google guest hanoi happy he hello
hethong hi hoc hoctap hocvien honey ilove iloveyou internet iphone january juventus khaosat khau
khoahoc khoan khongbiet khongco khongnho kichhoat kiem kiemtra king laptop learning letmein
liverpool login logon lophoc love lover lucky macdinh madrid manchester mang mario master mat
matkhau matkhaucu matkhaumoi matma may maytinh me mk mobile moi monday money monkey moon mung
music my nam new nguoidung nhap ninja nokia number office old one onthi pass passcode passwd
password peace pokemon prince princess pro pwd quantri quantrivien queen quen quenmatkhau root
saigon samsung secret server shadow signin soccer sodienthoai spring star summer sun sunday
sunshine super superman sweet sweetheart system tai taikhoan tamthoi tao tap taphuan temp
temporary test tester testing the thi thoai thong three thudientu tiger tiktok tinh tk tra
tructuyen two user users viet vietnam vietnamese vip vn welcome wifi windows winter word xinchao
yahoo you your youtube zalo
"""

_FEELINGS = """
an anhem anhnhoem anhsao anhyeuem antam ban banbe banmuong banthan bautroi be beyeu bi bibi bin
binh binhan bo bome bong buon cha chiem chienthang cho chong chongyeu chungthuy chunhat
codegiunhau codon con concho concung cong congai congchua conmeo contrai conyeu conyeubo conyeume
cuoc cuocsong den dinh do dodo dong emnhoanh emyeuanh gai gau gaubong gia giadinh ha haha hanh
hanhphuc hehe hihi hoa hoaban hoadao hoahong hoamai hoanghon hoangtu hoasen hong huhu hyvong kiki
lala lalala loc mai maimai maiyeu man mattroi mauxanh may mayman me meo mimi miu motminh mottinh
mottinhyeu mua muadong muahe muathu muaxuan mun nana nho nhoanh nhoem niemtin phattai phuc
phucloctho phuloc song su susu tai tailoc thanh thanhcong thiensu thinhvuong tho thu thuong
thuychung ti tim tinh tinhyeu to trai trang trondoi uocmo vang vo voyeu vui vuive xanh xu xuan yeu
yeuanh yeuem yeuthuong
"""

_NAMES = """
anh bac bachhop baoan baochau baongoc bich bui ca cam chi cong dang dao deo dinh do doan duc
ducanh ducminh dung duong duyen giabao giahan giahuy giang ha hai haiyen han hang hanh hao hau
hien hiep hieu ho hoa hoai hoan hoang hoanganh hoangyen hong hongnhung hue hung huong huu huy
huyen huynh khanh khanhlinh khoa kien kim kimanh lam lan lananh lau le leo lien linh lo loan loi
long lu luan luong luu luyen ly mai maianh manh minh minhanh minhduc minhquan minhtuan mua my nam
nga ngan nghia ngo ngoc ngocanh ngoclan nguyen nguyet nhan nhat nhi nhung oanh pham phan phong phu
phuc phuong phuonganh phuongthao quan quang quanghuy quoc quocanh quy quyen quynh quynhanh sang
son sung ta tam tan thai thang thanh thanhha thanhhuong thanhhuyen thao the thi thiet thinh thoa
thom thu thuan thuha thuhien thuhuong thuong thuthuy thuy thuylinh tien tinh to toan toi tong tran
trang tri trinh trong truc trung truong tu tuan tuananh tung tuyen tuyet tuyetmai uyen van vananh
vang vi viet vietanh vinh vo vu vuong vy xuan xuanmai yen
"""

_PLACES = """
angiang bac bacgiang backan baclieu bacninh bacyen bahoa ban bantruong bariavungtau bentre bien
bienhoa binhdinh binhduong binhphuoc binhthuan binhthuy buonmathuot cairang camau campha campuchia
cantho caobang chiengan chiengle chiengsinh codo dackhu daklak daknong dalat danang dienbien
dienbienphu doanh dong dongnai dongthap fansipan gialai hagiang haiduong haiphong halong hanam
hanoi hatinh hatlot haugiang hcm hoabinh hongai hue hungyen huyen khanhhoa kiengiang kontum
laichau lamdong langson lao laocai longan maison mekong mocchau mochchau muongla nam namdinh nasan
nghean nhatrang ninhbinh ninhkieu ninhthuan omon pangpang phanrang phanthiet phieng phiengluong
phongdien phuong phutho phuyen pleiku quan quangbinh quangnam quangngai quangninh quangtri
quyettam quyetthang quynhnhai quynhon sapa soctrang songda songhau songhong songma sonla sopcop
tay taybac tayninh thaibinh thainguyen thanhhoa thanhpho thanhphosonla thanhvinh thaonguyen
thitran thixa thoilai thon thotnot thuanchau thuathienhue tiengiang tinh tinhsonla todanpho tohieu
tphcm travinh trungquoc tuyenquang vanho vansonn vietnamvodich vinh vinhlong vinhphuc vinhthanh
vungtau xa xom yenbai yenchau
"""

_OFFICE = """
bacho bachomuonnam baclaho baocao benhvien biendoi bo bodoi bophanmotcua cach cachmang cai caicach
caicachhanhchinh can canbo canbocongchuc cbcc cbccvc cch cchc chanhvanphong chibo chinh chinhphu
chinhphudientu chinhquyen chinhquyenso chinhtri chuc chutich chuyen chuyendoiso chuyenvien cntt
cong congan congchuc congdan congdoan congnghe congthuong congvan cua cucthue cuuchienbinh dan
dang dangcongsan danguy dangvien diachinh dich dichvucong doan doanhnghiep doanthanhnien doanvien
doclap doclaptudohanhphuc doi dulich giamdoc giaoduc giaothong haiquan hanh hanhchinh
hanhchinhcong hdnd hochiminh hocvien hoidong hoidongnhandan hoiphunu hoso hosocongviec hotich
huyenuy kehoach ketoan kho khoahoc khobac lanhdao luutru mattran moitruong mot motcua motcuadientu
motcualienthong mttq nghidinh nghiquyet nguoidan nha nhan nhandan nhansu nhanuoc nhanvien noivu
nongdan nongnghiep nuoc phochutich phogiamdoc phong phongnoivu phophong phucvu phucvunhandan phunu
quandoi quochoi quyetdinh so sogiaoduc sonoivu sotaichinh sotuphap su taichinh tainguyen thethao
thongtin thongtu thue thutuc thutuchanhchinh thutuong tinhuy to tochuc toquoc trungtam
trungtamhanhchinhcong truongchinhtri truongphong truyenthong tthc tudo tuphap ubnd ubndhuyen
ubndtinh ubndxa uyban uybannhandan van vanhoa vanphong vanthu vien vienchuc vu xaydung yte
"""

COMMON_WORDS: frozenset[str] = frozenset(
    " ".join((_KEYBOARD, _DESK, _FEELINGS, _NAMES, _PLACES, _OFFICE)).split()
)
